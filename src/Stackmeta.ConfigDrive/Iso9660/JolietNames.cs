using System.Text;

namespace Stackmeta.ConfigDrive;

/// <summary>
/// The names in the Joliet tree, which Windows reads: UCS-2, at most 64 characters, some characters forbidden (Joliet
/// specification, "Allowed characters"). A name that breaks these is changed, since Rock Ridge carries the true one: forbidden
/// characters become an underscore, the stem is cut and numbered until it is unique in its folder.
/// </summary>
sealed class JolietNames
{
    const int Longest = 64;

    // Keeps some of the name in front of a long extension.
    const int LongestExtension = 20;

    readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    // The number to try next, by what stands around it: else a folder of many similar names would cost the square of its size.
    readonly Dictionary<string, int> _next = new(StringComparer.Ordinal);

    /// <summary>Identifiers for the children of one folder, in their order; all different.</summary>
    public static byte[][] For(IReadOnlyList<VolumeNode> children)
    {
        var names = new JolietNames();
        var chosen = new string?[children.Count];
        for (var i = 0; i < chosen.Length; i++)
        {
            var name = children[i].Name;
            if (name.Length <= Longest && Replaced(name) == name && names._taken.Add(name))
            {
                chosen[i] = name;
            }
        }
        var identifiers = new byte[chosen.Length][];
        for (var i = 0; i < chosen.Length; i++)
        {
            identifiers[i] = Encoding.BigEndianUnicode.GetBytes(chosen[i] ?? names.Changed(Replaced(children[i].Name)));
        }
        return identifiers;
    }

    static string Replaced(string name) =>
        string.Create(
            name.Length,
            name,
            static (to, from) =>
            {
                for (var i = 0; i < to.Length; i++)
                {
                    to[i] = from[i] < ' ' || "*/:;?\\".Contains(from[i]) ? '_' : from[i];
                }
            }
        );

    string Changed(string name)
    {
        var dot = name.LastIndexOf('.');
        var stem = dot > 0 && name.Length - dot <= LongestExtension ? name[..dot] : name;
        var extension = name[stem.Length..];
        var counter = Cut(stem, Longest - extension.Length - 2) + extension;
        for (var number = _next.GetValueOrDefault(counter); ; number++)
        {
            var tail = number == 0 ? "" : $"~{number}";
            var candidate = Cut(stem, Longest - tail.Length - extension.Length) + tail + extension;
            if (_taken.Add(candidate))
            {
                _next[counter] = number + 1;
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
