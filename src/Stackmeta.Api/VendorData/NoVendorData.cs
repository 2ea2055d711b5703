using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta.Api;

/// <summary>A static provider without a file, which is what Nova has when nothing is configured: <c>{}</c>.</summary>
public sealed class NoVendorData : IVendorData
{
    static readonly ReadOnlyMemory<byte> Empty = "{}"u8.ToArray();

    public Refusal ReadStatic(out ReadOnlyMemory<byte>? json)
    {
        json = Empty;
        return Refusal.None;
    }

    public ValueTask<VendorDataAnswer> FindEntriesAsync(
        Instance instance,
        RequestTrail? trail,
        CancellationToken cancellationToken
    ) => new(new VendorDataAnswer([new("static", Empty)], Refusal.None));
}
