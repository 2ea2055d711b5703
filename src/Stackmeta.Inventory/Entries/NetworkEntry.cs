namespace Stackmeta.Inventory;

/// <summary>A network as the inventory holds it. Names and meanings are those of Neutron's network resource.</summary>
/// <remarks>
/// Entries are what an operator writes: the objects of the inventory document (docs/inventory-document.md) and the
/// arguments of the writing interface. An empty text where a value is required asks the inventory for one; entries that the
/// inventory gives back are complete. The accessors turn null into nothing because the deserializer sets every property,
/// those that a document leaves out too.
/// </remarks>
public sealed record NetworkEntry
{
    /// <summary>The uuid; empty for a new one.</summary>
    public string Id
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>Up to 255 characters without control characters; need not be unique.</summary>
    public string Name
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>The owner; empty for <see cref="Projects.Default"/>.</summary>
    public string ProjectId
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>Bytes, 68 to 65535; null when not known.</summary>
    public int? Mtu { get; init; }

    /// <summary>Whether guests get their network configuration as a file (Nova's <c>flat_injected</c>).</summary>
    public bool Injected { get; init; }
}
