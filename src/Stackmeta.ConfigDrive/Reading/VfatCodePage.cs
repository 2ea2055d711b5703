namespace Stackmeta.ConfigDrive;

/// <summary>Letters of 8.3 names beyond ASCII. The volume does not say which code page they are of; Linux's default is 437.</summary>
static class VfatCodePage
{
    // From 0x80 on.
    const string Upper =
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ"
        + "áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐"
        + "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀"
        + "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

    public static string Decode(ReadOnlySpan<byte> name)
    {
        Span<char> text = stackalloc char[name.Length];
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = name[i] < 0x80 ? (char)name[i] : Upper[name[i] - 0x80];
        }
        return new string(text);
    }
}
