namespace Stackmeta.Inventory;

/// <summary>A network as the inventory holds it. Names and meanings are those of Neutron's network resource.</summary>
/// <remarks>
/// Entries are what an operator writes: the objects of the inventory document (docs/inventory-document.md) and the
/// arguments of the writing interface. An empty text where a value is required asks the inventory for one; entries that the
/// inventory gives back are complete. What a document may leave out is a parameter with a default: a property that is none is set to
/// nothing by the deserializer. Documents have the order in which the properties stand.
/// </remarks>
/// <param name="Id">The uuid; empty for a new one.</param>
/// <param name="Name">Up to 255 characters without control characters; need not be unique.</param>
/// <param name="ProjectId">The owner; empty for <see cref="Projects.Default"/>.</param>
/// <param name="Mtu">Bytes, 68 to 65535; null when not known.</param>
/// <param name="Injected">Whether guests get their network configuration as a file (Nova's <c>flat_injected</c>).</param>
public sealed record NetworkEntry(
    string Id = "",
    string Name = "",
    string ProjectId = "",
    int? Mtu = null,
    bool Injected = false
);
