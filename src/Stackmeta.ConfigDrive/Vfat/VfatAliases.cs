using System.Text;

namespace Stackmeta.ConfigDrive;

/// <summary>
/// The 8.3 names of one folder. A name that is one already keeps it; every other gets an alias made of its first letters and
/// a number, <c>META_D~1.JSO</c>, that is no other entry's long or short name.
/// </summary>
sealed class VfatAliases
{
    const int StemLength = 8;
    const int ExtensionLength = 3;

    // Long names and aliases given out, in whatever case.
    readonly TakenNames _taken = new(StringComparer.OrdinalIgnoreCase);

    public VfatAliases(IEnumerable<VolumeNode> children)
    {
        foreach (var child in children)
        {
            _taken.Take(child.Name);
        }
    }

    /// <summary>The alias in the eleven bytes of a directory entry, padded with spaces, without dot.</summary>
    /// <param name="isWholeName">True if the alias is the name, letter for letter, so that no long name is needed.</param>
    public byte[] For(string name, out bool isWholeName)
    {
        var dot = name.LastIndexOf('.');
        var stem = Allowed(dot > 0 ? name[..dot] : name);
        var extension = dot > 0 ? Allowed(name[(dot + 1)..]) : "";
        var whole = extension.Length > 0 ? $"{stem}.{extension}" : stem;
        isWholeName = whole == name && Fits(stem, extension);
        if (Fits(stem, extension) && string.Equals(whole, name, StringComparison.OrdinalIgnoreCase))
        {
            return Packed(stem, extension);
        }
        extension = extension[..Math.Min(extension.Length, ExtensionLength)];
        // Six letters and a tilde leave one digit; longer numbers take letters away.
        var numbered = _taken.TakeNumbered(
            stem[..Math.Min(stem.Length, StemLength - 2)] + "." + extension,
            first: 1,
            number =>
            {
                var tail = $"~{number}";
                var shortened = stem[..Math.Min(stem.Length, StemLength - tail.Length)] + tail;
                return extension.Length > 0 ? $"{shortened}.{extension}" : shortened;
            }
        );
        return Packed(extension.Length > 0 ? numbered[..numbered.LastIndexOf('.')] : numbered, extension);
    }

    static bool Fits(string stem, string extension) =>
        stem.Length is > 0 and <= StemLength && extension.Length <= ExtensionLength;

    static byte[] Packed(string stem, string extension) =>
        Encoding.ASCII.GetBytes(stem.PadRight(StemLength) + extension.PadRight(ExtensionLength));

    // Upper case; spaces and dots fall out; what short names cannot hold becomes an underscore.
    static string Allowed(string text)
    {
        var allowed = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is ' ' or '.')
            {
                continue;
            }
            var character = rune.IsAscii ? char.ToUpperInvariant((char)rune.Value) : '_';
            allowed.Append(
                char.IsAsciiLetterOrDigit(character) || "!#$%&'()-@^_`{}~".Contains(character) ? character : '_'
            );
        }
        return allowed.ToString();
    }
}
