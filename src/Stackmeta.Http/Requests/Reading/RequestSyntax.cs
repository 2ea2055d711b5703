using System.Buffers;

namespace Stackmeta.Http;

/// <summary>The bytes of which the parts of a request's head are made.</summary>
static class RequestSyntax
{
    /// <summary>RFC 9110 §5.6.2: methods and names of fields.</summary>
    public static readonly SearchValues<byte> TokenBytes = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8
    );

    /// <summary>RFC 9110 §5.5: visible characters, octets beyond ASCII, and blanks between them.</summary>
    static readonly SearchValues<byte> ValueBytes = SearchValues.Create([
        (byte)'\t',
        .. Enumerable.Range(0x20, 0x5F).Select(static value => (byte)value),
        .. Enumerable.Range(0x80, 0x80).Select(static value => (byte)value),
    ]);

    /// <summary>RFC 3986 §3.2.2, without the brackets of an IPv6 address.</summary>
    static readonly SearchValues<byte> HostBytes = SearchValues.Create(
        "!$&'()*+,;=%-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8
    );

    static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenBytes);

    public static bool IsFieldValue(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(ValueBytes);

    /// <summary>
    /// Visible ASCII. Characters that no URI has are among them: Nova's server takes them, and each reader of the line divides it alike.
    /// </summary>
    public static bool IsTarget(ReadOnlySpan<byte> text) =>
        !text.IsEmpty && !text.ContainsAnyExceptInRange((byte)'!', (byte)'~');

    /// <summary>A name or an address, perhaps with a port; nothing at all is one too (RFC 9112 §3.2). Zones are passed over.</summary>
    public static bool IsHost(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return true;
        }
        int end;
        if (text[0] == '[')
        {
            end = text.IndexOf((byte)']') + 1;
            if (end == 0 || text[1..(end - 1)].ContainsAnyExceptInRange((byte)'!', (byte)'~'))
            {
                return false;
            }
        }
        else
        {
            var colon = text.IndexOf((byte)':');
            end = colon < 0 ? text.Length : colon;
            if (end == 0 || text[..end].ContainsAnyExcept(HostBytes))
            {
                return false;
            }
        }
        var port = text[end..];
        return port.IsEmpty || (port[0] == ':' && port.Length > 1 && !port[1..].ContainsAnyExcept(Digits));
    }

    /// <summary>1*DIGIT that fits in a number; nothing before, behind or between the digits.</summary>
    public static bool TryReadLength(ReadOnlySpan<byte> text, out long length)
    {
        length = 0;
        if (text.IsEmpty || text.ContainsAnyExcept(Digits))
        {
            return false;
        }
        foreach (var digit in text)
        {
            if (length > (long.MaxValue - 9) / 10)
            {
                length = long.MaxValue;
                return true;
            }
            length = length * 10 + (digit - '0');
        }
        return true;
    }

    /// <summary>Without the blanks around it (RFC 9110 §5.6.3).</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value) => value.Trim(" \t"u8);
}
