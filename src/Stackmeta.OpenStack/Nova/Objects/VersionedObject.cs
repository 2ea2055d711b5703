using System.Text.Json;

namespace Stackmeta.OpenStack;

/// <summary>
/// Nova's envelope around a stored object: a class name, a version and the fields (spec/nova-metadata.md §7.6). A version newer
/// than any known is read all the same: fields are found by name, and Nova only ever adds some.
/// </summary>
readonly struct VersionedObject(JsonElement element)
{
    const string NameKey = "nova_object.name";
    const string VersionKey = "nova_object.version";
    const string DataKey = "nova_object.data";

    /// <summary>The class, for example <c>Flavor</c>; null when this is no such envelope.</summary>
    public string? ClassName => element.Member(NameKey).Text();

    /// <summary>A field; of kind <see cref="JsonValueKind.Undefined"/> when it is not set.</summary>
    public JsonElement this[string field] => element.Member(DataKey).Member(field);

    /// <summary>Whether the object's version is the given one or newer (<c>1.10</c> is newer than <c>1.9</c>).</summary>
    public bool IsAtLeast(Version version) =>
        Version.TryParse(element.Member(VersionKey).Text(), out var own) && own >= version;
}
