using System.Text;

namespace Stackmeta.ConfigDrive;

/// <summary>
/// The names in the Joliet tree, which Windows reads: UCS-2, at most 64 characters, some characters forbidden (Joliet
/// specification, "Allowed characters"). A name that breaks these is changed, since Rock Ridge carries the true one: forbidden
/// characters become an underscore, the stem is cut and numbered until it is unique in its folder.
/// </summary>
static class JolietNames
{
    const int Longest = 64;

    // Keeps some of the name in front of a long extension.
    const int LongestExtension = 20;

    /// <summary>Identifiers for the children of one folder, in their order; all different.</summary>
    public static byte[][] For(IReadOnlyList<VolumeNode> children)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var chosen = new string?[children.Count];
        for (var i = 0; i < chosen.Length; i++)
        {
            var name = children[i].Name;
            if (name.Length <= Longest && Replaced(name) == name && taken.Add(name))
            {
                chosen[i] = name;
            }
        }
        var identifiers = new byte[chosen.Length][];
        for (var i = 0; i < chosen.Length; i++)
        {
            identifiers[i] = Encoding.BigEndianUnicode.GetBytes(chosen[i] ?? Changed(Replaced(children[i].Name), taken));
        }
        return identifiers;
    }

    static string Replaced(string name) =>
        string.Create(name.Length, name, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = from[i] < ' ' || "*/:;?\\".Contains(from[i]) ? '_' : from[i];
            }
        });

    static string Changed(string name, HashSet<string> taken)
    {
        var dot = name.LastIndexOf('.');
        var stem = dot > 0 && name.Length - dot <= LongestExtension ? name[..dot] : name;
        var extension = name[stem.Length..];
        for (var number = 0; ; number++)
        {
            var tail = number == 0 ? "" : $"~{number}";
            var candidate = Cut(stem, Longest - tail.Length - extension.Length) + tail + extension;
            if (taken.Add(candidate))
            {
                return candidate;
            }
        }
    }

    // Never between the halves of a surrogate pair.
    static string Cut(string text, int length) =>
        text.Length <= length ? text
        : char.IsHighSurrogate(text[length - 1]) ? text[..(length - 1)]
        : text[..length];
}
