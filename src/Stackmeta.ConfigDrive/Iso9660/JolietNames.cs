using System.Buffers;
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

    static readonly SearchValues<char> _forbidden = SearchValues.Create([
        .. Enumerable.Range(0, ' ').Select(static code => (char)code),
        .. "*/:;?\\",
    ]);

    readonly TakenNames _taken = new(StringComparer.Ordinal);

    /// <summary>Identifiers for the children of one folder, in their order; all different.</summary>
    public static byte[][] For(IReadOnlyList<VolumeNode> children)
    {
        var names = new JolietNames();
        var chosen = new string?[children.Count];
        for (var i = 0; i < chosen.Length; i++)
        {
            var name = children[i].Name;
            if (name.Length <= Longest && Replaced(name) == name && names._taken.Take(name))
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

    static string Replaced(string name)
    {
        if (!name.AsSpan().ContainsAny(_forbidden))
        {
            return name;
        }
        var replaced = name.ToCharArray();
        replaced.AsSpan().ReplaceAny(_forbidden, '_');
        return new string(replaced);
    }

    string Changed(string name)
    {
        var dot = name.LastIndexOf('.');
        var stem = dot > 0 && name.Length - dot <= LongestExtension ? name[..dot] : name;
        var extension = name[stem.Length..];
        return _taken.TakeNumbered(
            Cut(stem, Longest - extension.Length - 2) + extension,
            first: 0,
            number =>
            {
                var tail = number == 0 ? "" : $"~{number}";
                return Cut(stem, Longest - tail.Length - extension.Length) + tail + extension;
            }
        );
    }

    // Never between the halves of a surrogate pair.
    static string Cut(string text, int length) =>
        text.Length <= length ? text
        : char.IsHighSurrogate(text[length - 1]) ? text[..(length - 1)]
        : text[..length];
}
