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

    readonly TakenNames _taken = new(BlindToEndDot.Instance);

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
            if (plain[i].TrimEnd('.') == children[i].Name && names._taken.Take(plain[i]))
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
        if (_taken.Take(name))
        {
            return name;
        }
        var (stem, extension) = Split(name);
        return _taken.TakeNumbered(
            stem[..Math.Min(stem.Length, Longest - FewestDigits - extension.Length)] + extension,
            first: 0,
            number =>
            {
                var tail = number.ToString("D3");
                return stem[..Math.Min(stem.Length, Longest - tail.Length - extension.Length)] + tail + extension;
            }
        );
    }

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

    /// <summary>Readers drop the dot that ends a name without extension, so a folder and a file may not differ in it alone.</summary>
    sealed class BlindToEndDot : IEqualityComparer<string>
    {
        public static readonly BlindToEndDot Instance = new();

        public bool Equals(string? x, string? y) => x.AsSpan().TrimEnd('.').SequenceEqual(y.AsSpan().TrimEnd('.'));

        public int GetHashCode(string name) => string.GetHashCode(name.AsSpan().TrimEnd('.'), StringComparison.Ordinal);
    }
}
