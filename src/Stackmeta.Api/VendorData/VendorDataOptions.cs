using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace Stackmeta.Api;

/// <summary>Where vendor data comes from: Nova's <c>[api] vendordata_…</c> options (spec/nova-metadata.md §8.2).</summary>
public sealed record VendorDataOptions
{
    /// <summary>The providers in the order in which they add to vendor_data2.json.</summary>
    public ImmutableArray<VendorDataProvider> Providers { get; init; } = [VendorDataProvider.StaticJson];

    /// <summary>The static provider's file; null serves <c>{}</c>.</summary>
    public string? StaticFile { get; init; }

    /// <summary>The dynamic provider's targets, each as <c>name@url</c>.</summary>
    public ImmutableArray<string> Targets { get; init; } = [];

    /// <summary>Authorities that may have signed the targets' certificates, in place of the system's.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Refuse vendor_data2.json when a target fails, instead of giving <c>{}</c> for it.</summary>
    public bool FailureIsFatal { get; init; }

    /// <summary>
    /// Follow redirects to other servers, too. Nova follows all, and takes its token along; here a redirect may by default lead
    /// only to where the operator has sent us: the same scheme, host and port (OSSA-2026-004).
    /// </summary>
    public bool FollowForeignRedirects { get; init; }
}

/// <summary>Nova's two providers.</summary>
public enum VendorDataProvider
{
    StaticJson,
    DynamicJson,
}
