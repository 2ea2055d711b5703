namespace Stackmeta.Metadata;

/// <summary>A further key of meta_data.json on a config drive.</summary>
/// <param name="Name">Not one of the document's own keys.</param>
/// <param name="Json">The value, already in Python's JSON form.</param>
public readonly record struct ExtraMetaData(string Name, ReadOnlyMemory<byte> Json);
