using System.Collections.Immutable;

namespace Stackmeta.WebConsole;

/// <summary>The documents of a guest that the page offers.</summary>
static class DocumentList
{
    /// <summary>What a guest reads at its boot; what may hold secrets says so.</summary>
    public static ImmutableArray<OfferedDocument> All { get; } =
    [
        new("/openstack/latest/meta_data.json", false),
        new("/openstack/latest/network_data.json", false),
        new("/latest/meta-data/", false),
        new("/openstack/latest/user_data", true),
        new("/openstack/latest/vendor_data.json", true),
        new("/openstack/latest/vendor_data2.json", true),
        new("/openstack/latest/password", true),
    ];

    public static bool Has(string path) => All.Any(document => document.Path == path);
}

/// <param name="Path">Where the guest finds it.</param>
/// <param name="IsPrivate">Whether it may hold secrets, and is shown to who says so twice.</param>
readonly record struct OfferedDocument(string Path, bool IsPrivate);
