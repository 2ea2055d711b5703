using System.Collections.Immutable;

namespace Stackmeta.Inventory;

/// <summary>
/// The lists of an inventory document, in the order in which they must stand: what refers comes after what is referred to.
/// </summary>
static class DocumentSections
{
    /// <summary>The key that begins every document; its value is <see cref="Version"/>.</summary>
    public const string VersionKey = "stackmeta_inventory";

    public const int Version = 1;

    public const string Networks = "networks";
    public const string Subnets = "subnets";
    public const string Routers = "routers";
    public const string Instances = "instances";
    public const string Ports = "ports";

    public static ImmutableArray<string> InOrder { get; } = [Networks, Subnets, Routers, Instances, Ports];
}
