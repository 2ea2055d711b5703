using System.Collections.Immutable;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;
using Stackmeta.Documents;
using Stackmeta.Http;

namespace Stackmeta.Api;

/// <summary>What the operator's vendor data providers give to an instance (spec/nova-metadata.md §5.2, §5.3).</summary>
public interface IVendorData
{
    /// <summary>vendor_data.json as it is served; null when no static provider is configured.</summary>
    /// <returns><see cref="Refusal.None"/> or <see cref="Refusal.VendorDataUnavailable"/>.</returns>
    Refusal ReadStatic(out ReadOnlyMemory<byte>? json);

    /// <summary>The entries of vendor_data2.json, in order. Does not throw for what targets do; only for cancellation.</summary>
    /// <param name="instance">Whom they are for.</param>
    /// <param name="trail">What targets are told of the request that they are asked for; null where there is none.</param>
    /// <param name="cancellationToken">Ends the wait, not the question of others who wait for the same.</param>
    ValueTask<VendorDataAnswer> FindEntriesAsync(
        Instance instance,
        RequestTrail? trail,
        CancellationToken cancellationToken
    );
}

/// <summary>The entries of vendor_data2.json, or why there are none.</summary>
/// <param name="Entries">In the order in which they are served; default when refused.</param>
/// <param name="Refusal"><see cref="Refusal.None"/> or <see cref="Refusal.VendorDataUnavailable"/>.</param>
/// <param name="IsWhole">False when a target failed and <c>{}</c> stands in its place.</param>
public readonly record struct VendorDataAnswer(
    ImmutableArray<VendorDataEntry> Entries,
    Refusal Refusal,
    bool IsWhole = true
);
