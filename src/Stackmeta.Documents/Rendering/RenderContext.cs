using System.Collections.Immutable;

namespace Stackmeta.Documents;

/// <summary>
/// What a document may need beside the instance record. Only the parts that <see cref="MetadataDocument"/> asks for need be there.
/// </summary>
public readonly record struct RenderContext
{
    /// <summary>Shown as <c>local-ipv4</c> when the instance has no IPv4 address.</summary>
    public string? ClientAddress { get; init; }

    /// <summary>Names for <c>security-groups</c> when the record does not hold them; default when they could not be had.</summary>
    public ImmutableArray<string> SecurityGroups { get; init; }

    /// <summary>vendor_data.json, already in the form that is served (Python's JSON form); null when there is no static provider.</summary>
    public ReadOnlyMemory<byte>? StaticVendorData { get; init; }

    /// <summary>
    /// The entries of vendor_data2.json in order, each value already in Python's JSON form; <c>static</c> is one of them.
    /// </summary>
    public ImmutableArray<VendorDataEntry> VendorData2 { get; init; }
}

/// <summary>One provider's or target's answer in vendor_data2.json.</summary>
public readonly record struct VendorDataEntry(string Name, ReadOnlyMemory<byte> Json);
