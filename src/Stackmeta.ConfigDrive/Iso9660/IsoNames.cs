using System.Text;

namespace Stackmeta.ConfigDrive;

/// <summary>
/// The names in the plain ISO 9660 tree, for readers that know neither Rock Ridge nor Joliet. They follow what genisoimage makes
/// with Nova's options (spec/nova-metadata.md §9.3): up to 31 characters, lower case, several dots and a leading dot allowed,
/// anything else an underscore, files without a dot get one at the end, and <c>;1</c>.
/// </summary>
sealed class IsoNames
{
    const int Longest = 31;

    // As genisoimage numbers: user_data, user_data000.
    const int FewestDigits = 3;

    // Keeps some of the name in front of a long extension.
    const int LongestExtension = 15;

    readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    // The number to try next, by what stands around it: else a folder of many similar names would cost the square of its size.
    readonly Dictionary<string, int> _next = new(StringComparer.Ordinal);

    /// <summary>Identifiers for the children of one folder, in their order; all different.</summary>
    public static byte[][] For(IReadOnlyList<VolumeNode> children)
    {
        var names = new IsoNames();
        var plain = new string[children.Count];
        for (var i = 0; i < plain.Length; i++)
        {
            plain[i] = Plain(children[i].Name, children[i] is VolumeLeaf);
        }
        var chosen = new string?[plain.Length];
        // Who can keep the own name does; who had to change steps aside.
        for (var i = 0; i < plain.Length; i++)
        {
            if (plain[i].TrimEnd('.') == children[i].Name && names._taken.Add(Key(plain[i])))
            {
                chosen[i] = plain[i];
            }
        }
        var identifiers = new byte[plain.Length][];
        for (var i = 0; i < plain.Length; i++)
        {
            var name = chosen[i] ?? names.Unique(plain[i]);
            identifiers[i] = Encoding.ASCII.GetBytes(children[i] is VolumeLeaf ? name + ";1" : name);
        }
        return identifiers;
    }

    static string Plain(string name, bool isFile)
    {
        var text = new StringBuilder(name.Length + 1);
        foreach (var octet in Encoding.UTF8.GetBytes(name))
        {
            text.Append(char.IsAsciiLetterOrDigit((char)octet) || octet == '.' ? (char)octet : '_');
        }
        if (!isFile)
        {
            return text.Length > Longest ? text.ToString(0, Longest) : text.ToString();
        }
        if (!name.Contains('.'))
        {
            text.Append('.');
        }
        var (stem, extension) = Split(text.ToString());
        return stem[..Math.Min(stem.Length, Longest - extension.Length)] + extension;
    }

    string Unique(string name)
    {
        if (_taken.Add(Key(name)))
        {
            return name;
        }
        var (stem, extension) = Split(name);
        var counter = stem[..Math.Min(stem.Length, Longest - FewestDigits - extension.Length)] + extension;
        for (var number = _next.GetValueOrDefault(counter); ; number++)
        {
            var tail = number.ToString("D3");
            var candidate = stem[..Math.Min(stem.Length, Longest - tail.Length - extension.Length)] + tail + extension;
            if (_taken.Add(Key(candidate)))
            {
                _next[counter] = number + 1;
                return candidate;
            }
        }
    }

    // Readers drop the dot that ends a name without extension, so a folder and a file may not differ in it alone.
    static string Key(string name) => name.TrimEnd('.');

    /// <summary>The last dot and what follows, cut to <see cref="LongestExtension"/>.</summary>
    static (string Stem, string Extension) Split(string name)
    {
        var dot = name.LastIndexOf('.');
        if (dot < 0)
        {
            return (name, "");
        }
        var extension = name[dot..];
        return (name[..dot], extension[..Math.Min(extension.Length, LongestExtension)]);
    }
}
