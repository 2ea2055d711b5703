namespace Stackmeta.OpenStack;

/// <summary>
/// The MAC address of an allowed address pair. Neutron stores it as the user wrote it, in any form that the Python library netaddr reads
/// (<c>netaddr/strategy/eui48.py</c> there), and its firewalls convert it; a port's own it has converted before it stores it.
/// </summary>
static class PairMacAddress
{
    const int Digits = 12;

    /// <summary>The address in the form of a port's own.</summary>
    /// <param name="text">Two, three or six hexadecimal numbers with one separator, or one number without.</param>
    /// <returns>The text itself if it has no such form.</returns>
    public static string Normalize(string text)
    {
        var separator = text.AsSpan().IndexOfAny(":-.");
        string[] words = separator < 0 ? [text] : text.Split(text[separator]);
        var width = Digits / words.Length;
        var digits = string.Concat(words.Select(word => word.PadLeft(width, '0')));
        var isForm = words.Length switch
        {
            1 => text.Length >= Digits - 1,
            2 => text[separator] != '.' && words.All(word => word.Length >= width - 1),
            3 => words.All(word => word.Length > 0),
            6 => text[separator] != '.' && words.All(word => word.Length > 0),
            _ => false,
        };
        return isForm && digits.Length == Digits && digits.All(char.IsAsciiHexDigit)
            ? string.Join(':', digits.ToLowerInvariant().Chunk(2).Select(pair => new string(pair)))
            : text;
    }
}
