using System.Buffers;
using System.Text;

namespace Stackmeta.Http;

/// <summary>
/// Recognizes a simple request: a GET of HTTP/1.1 with nothing in it that two readers could understand differently, whole and with nothing
/// behind it. Nearly all that guests ask is one. Whatever is not is Kestrel's, from its first byte on, so that nothing need be decided here
/// but that it is simple.
/// </summary>
/// <remarks>
/// The grammar is narrower than RFC 9112's: no escapes and no dot segments in the target, one Host, names of tokens, values of printable
/// ASCII, lines that end with CR LF; and no field that frames a body or asks for anything but an answer.
/// </remarks>
static class FastHead
{
    /// <summary>Clients send four to eight (tests/Support/traces).</summary>
    const int MostFields = 32;

    const string Close = "close";
    const string KeepAlive = "keep-alive";

    // RFC 3986 §3.3, §3.4, without the percent sign.
    static readonly SearchValues<byte> TargetBytes = SearchValues.Create(
        "/?:@-._~!$&'()*+,;=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8
    );

    // A name or an IPv4 address and a port.
    static readonly SearchValues<byte> HostBytes = SearchValues.Create(
        "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8
    );

    static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    /// <summary>Divides a head into request line and fields.</summary>
    /// <param name="received">All that the caller has sent so far.</param>
    /// <param name="target">Of the request line.</param>
    /// <param name="fields">From the first field's name to the last field's line end.</param>
    /// <returns>False if it is not whole, or not simple as far as the request line tells.</returns>
    public static bool TryDivide(
        ReadOnlySpan<byte> received,
        out ReadOnlySpan<byte> target,
        out ReadOnlySpan<byte> fields
    )
    {
        target = fields = default;
        if (!received.StartsWith("GET /"u8) || !received.EndsWith("\r\n\r\n"u8))
        {
            return false;
        }
        var lineEnd = received.IndexOf((byte)'\r');
        var line = received[..lineEnd];
        if (!line.EndsWith(" HTTP/1.1"u8) || received[lineEnd + 1] != '\n')
        {
            return false;
        }
        target = line["GET ".Length..^" HTTP/1.1".Length];
        fields = received[(lineEnd + 2)..^2];
        return !target.ContainsAnyExcept(TargetBytes) && target.IndexOf("/."u8) < 0;
    }

    /// <summary>Reads the fields.</summary>
    /// <param name="fields">From <see cref="TryDivide"/>.</param>
    /// <param name="headers">Empty; to be emptied again if this returns false.</param>
    /// <param name="closes">Whether the caller asks for no more on this connection.</param>
    /// <returns>False if one of them is not simple.</returns>
    public static bool TryReadFields(ReadOnlySpan<byte> fields, RequestHeaders headers, out bool closes)
    {
        closes = false;
        var (count, hasHost, hasConnection) = (0, false, false);
        while (!fields.IsEmpty)
        {
            var lineEnd = fields.IndexOf("\r\n"u8);
            var colon = fields.IndexOf((byte)':');
            if (colon <= 0 || colon > lineEnd || ++count > MostFields)
            {
                return false;
            }
            var name = fields[..colon];
            var value = fields[(colon + 1)..lineEnd].Trim((byte)' ');
            if (
                name.ContainsAnyExcept(RequestSyntax.TokenBytes) || value.ContainsAnyExceptInRange((byte)' ', (byte)'~')
            )
            {
                return false;
            }
            string? text = null;
            switch (KindOf(name))
            {
                case FieldKind.Host when hasHost || !IsSimpleHost(value):
                case FieldKind.NotSimple:
                    return false;
                case FieldKind.Host:
                    hasHost = true;
                    break;
                case FieldKind.Connection when hasConnection:
                    return false;
                case FieldKind.Connection:
                    // Kestrel puts its own text in place of what was sent, and one in place of equal ones (ParseConnection in
                    // https://github.com/dotnet/aspnetcore/blob/main/src/Servers/Kestrel/Core/src/Internal/Http/HttpRequestHeaders.cs).
                    closes = Ascii.EqualsIgnoreCase(value, Close);
                    if (!closes && !Ascii.EqualsIgnoreCase(value, KeepAlive))
                    {
                        return false;
                    }
                    (hasConnection, text) = (true, closes ? Close : KeepAlive);
                    break;
            }
            headers.Receive(NameOf(name), text ?? Encoding.ASCII.GetString(value));
            fields = fields[(lineEnd + 2)..];
        }
        return hasHost;
    }

    static FieldKind KindOf(ReadOnlySpan<byte> name) =>
        name.Length switch
        {
            2 => Is(name, "TE", FieldKind.NotSimple),
            4 => Is(name, "Host", FieldKind.Host),
            6 => Is(name, "Expect", FieldKind.NotSimple),
            7 => Ascii.EqualsIgnoreCase(name, "Upgrade")
                ? FieldKind.NotSimple
                : Is(name, "Trailer", FieldKind.NotSimple),
            10 => Is(name, "Connection", FieldKind.Connection),
            14 => Is(name, "Content-Length", FieldKind.NotSimple),
            17 => Is(name, "Transfer-Encoding", FieldKind.NotSimple),
            _ => FieldKind.Other,
        };

    static FieldKind Is(ReadOnlySpan<byte> name, string known, FieldKind kind) =>
        Ascii.EqualsIgnoreCase(name, known) ? kind : FieldKind.Other;

    static bool IsSimpleHost(ReadOnlySpan<byte> host)
    {
        var colon = host.IndexOf((byte)':');
        var name = colon < 0 ? host : host[..colon];
        var port = colon < 0 ? default : host[(colon + 1)..];
        return !name.IsEmpty
            && !name.ContainsAnyExcept(HostBytes)
            && (colon < 0 || (port.Length is > 0 and <= 5 && !port.ContainsAnyExcept(Digits)));
    }

    /// <summary>The names that nearly every client sends need not be made anew.</summary>
    static string NameOf(ReadOnlySpan<byte> name) =>
        name switch
        {
            _ when name.SequenceEqual("Host"u8) => "Host",
            _ when name.SequenceEqual("Accept"u8) => "Accept",
            _ when name.SequenceEqual("User-Agent"u8) => "User-Agent",
            _ when name.SequenceEqual("Accept-Encoding"u8) => "Accept-Encoding",
            _ when name.SequenceEqual("Connection"u8) => "Connection",
            _ => Encoding.ASCII.GetString(name),
        };

    enum FieldKind
    {
        Other,
        Host,
        Connection,
        NotSimple,
    }
}
