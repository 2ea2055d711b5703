using System.Text;

namespace Stackmeta.Http;

/// <summary>
/// Reads the head of one request strictly by RFC 9112, out of bytes that come in any pieces. The first line that is wrong decides, as soon
/// as it is there, so that the result is a function of the bytes and not of how they were cut. What two readers could divide differently is
/// rejected (docs/differences.md).
/// </summary>
/// <param name="maxRequestLine">Bytes of the request line without its line end.</param>
/// <param name="maxHeaders">Bytes of all fields with their line ends.</param>
sealed class RequestHeadParser(int maxRequestLine, int maxHeaders)
{
    /// <summary>Kestrel's own limit (<c>KestrelServerLimits.MaxRequestHeaderCount</c>). Clients send four to eight.</summary>
    const int MaxFields = 100;

    readonly List<RequestField> _fields = [];

    /// <summary>Where the line begins that is not judged yet, and up to where it has no line end.</summary>
    int _lineStart;
    int _scanned;
    int _fieldsStart;
    bool _hasHost;

    public Rejection Rejection { get; private set; }

    /// <summary>Bytes of the whole head, with the empty line behind it. Once it is complete.</summary>
    public int Length { get; private set; }

    public Range Method { get; private set; }

    public Range Target { get; private set; }

    public bool IsHttp10 { get; private set; }

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<RequestField> Fields => _fields;

    public bool HasHost => _hasHost;

    /// <summary>Null where there is no Content-Length.</summary>
    public long? ContentLength { get; private set; }

    public bool IsChunked { get; private set; }

    /// <summary>Whether the client waits for an interim response before it sends its body (RFC 9110 §10.1.1).</summary>
    public bool ExpectsContinue { get; private set; }

    /// <summary>Begins another head.</summary>
    public void Reset()
    {
        _fields.Clear();
        (_lineStart, _scanned, _fieldsStart, _hasHost) = (0, 0, 0, false);
        (Rejection, Length, Method, Target, IsHttp10) = (default, 0, default, default, false);
        (ContentLength, IsChunked, ExpectsContinue) = (null, false, false);
    }

    /// <param name="bytes">All bytes from the head's first on, those of earlier calls too.</param>
    public ReadStatus Read(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            var found = bytes[_scanned..].IndexOf((byte)'\n');
            var end = found < 0 ? bytes.Length : _scanned + found;
            if (IsTooLong(end, isWhole: found >= 0) is { } tooLong)
            {
                return Reject(tooLong);
            }
            if (found < 0)
            {
                _scanned = end;
                return ReadStatus.NeedsMore;
            }
            var line = bytes[_lineStart..end];
            if (!line.EndsWith("\r"u8))
            {
                return Reject(Rejection.Malformed);
            }
            line = line[..^1];
            if (_fieldsStart == 0)
            {
                if (!TryReadRequestLine(line))
                {
                    return Reject(Rejection.Malformed);
                }
                _fieldsStart = end + 1;
            }
            else if (line.IsEmpty)
            {
                Length = end + 1;
                return IsWellFramed ? ReadStatus.Complete : Reject(Rejection.Malformed);
            }
            else if (_fields.Count == MaxFields)
            {
                return Reject(Rejection.HeadersTooLarge);
            }
            else if (!TryReadField(line))
            {
                return Reject(Rejection.Malformed);
            }
            _lineStart = _scanned = end + 1;
        }
    }

    /// <summary>RFC 9112 §3.2, §6.1: one Host, and one way to tell where the body ends.</summary>
    bool IsWellFramed => (_hasHost || IsHttp10) && !(IsChunked && (ContentLength is not null || IsHttp10));

    /// <param name="end">Before the line end, or of what has come.</param>
    /// <param name="isWhole">Whether the line end is there.</param>
    Rejection? IsTooLong(int end, bool isWhole)
    {
        if (_fieldsStart == 0)
        {
            // With the CR of the line end.
            return end > maxRequestLine + 1 ? Rejection.LineTooLong : null;
        }
        // The empty line behind the fields is not one of them.
        var isEnd = end - _lineStart <= 1;
        var length = end - _fieldsStart + (isWhole && !isEnd ? 1 : 0);
        return length > maxHeaders + (isWhole && !isEnd ? 0 : 1) ? Rejection.HeadersTooLarge : null;
    }

    ReadStatus Reject(in Rejection rejection)
    {
        Rejection = rejection;
        return ReadStatus.Rejected;
    }

    bool TryReadRequestLine(ReadOnlySpan<byte> line)
    {
        var methodEnd = line.IndexOf((byte)' ');
        var targetEnd = line.LastIndexOf((byte)' ');
        if (methodEnd <= 0 || targetEnd <= methodEnd)
        {
            return false;
        }
        var method = line[..methodEnd];
        var target = line[(methodEnd + 1)..targetEnd];
        var version = line[(targetEnd + 1)..];
        (Method, Target) = (0..methodEnd, (methodEnd + 1)..targetEnd);
        IsHttp10 = version.SequenceEqual("HTTP/1.0"u8);
        return (IsHttp10 || version.SequenceEqual("HTTP/1.1"u8))
            && RequestSyntax.IsToken(method)
            && RequestSyntax.IsTarget(target)
            && IsForm(method, target);
    }

    /// <summary>RFC 9112 §3.2. Nobody is connected to anybody else here, so that there is no CONNECT.</summary>
    static bool IsForm(ReadOnlySpan<byte> method, ReadOnlySpan<byte> target)
    {
        if (method.SequenceEqual("CONNECT"u8))
        {
            return false;
        }
        if (target[0] == '/')
        {
            return true;
        }
        if (target[0] == '*')
        {
            return target.Length == 1 && method.SequenceEqual("OPTIONS"u8);
        }
        return StartsWithIgnoreCase(target, "http://"u8) || StartsWithIgnoreCase(target, "https://"u8);
    }

    static bool StartsWithIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start) =>
        text.Length > start.Length && Ascii.EqualsIgnoreCase(text[..start.Length], start);

    bool TryReadField(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0)
        {
            return false;
        }
        var name = line[..colon];
        var value = RequestSyntax.Trim(line[(colon + 1)..]);
        // A name is a token: no blank before the colon, and no line that goes on with the one before (RFC 9112 §5.1, §5.2).
        if (!RequestSyntax.IsToken(name) || !RequestSyntax.IsFieldValue(value))
        {
            return false;
        }
        var kind = KindOf(name);
        switch (kind)
        {
            case FieldKind.Host when _hasHost || !RequestSyntax.IsHost(value):
                return false;
            case FieldKind.Host:
                _hasHost = true;
                break;
            case FieldKind.ContentLength:
                if (ContentLength is not null || !RequestSyntax.TryReadLength(value, out var length))
                {
                    return false;
                }
                ContentLength = length;
                break;
            case FieldKind.TransferEncoding:
                if (IsChunked || !Ascii.EqualsIgnoreCase(value, "chunked"u8))
                {
                    return false;
                }
                IsChunked = true;
                break;
            case FieldKind.Expect:
                ExpectsContinue |= Ascii.EqualsIgnoreCase(value, "100-continue"u8);
                break;
        }
        _fields.Add(new(kind, _lineStart, colon, line.Length));
        return true;
    }

    static FieldKind KindOf(ReadOnlySpan<byte> name) =>
        name.Length switch
        {
            4 when Ascii.EqualsIgnoreCase(name, "Host"u8) => FieldKind.Host,
            6 when Ascii.EqualsIgnoreCase(name, "Expect"u8) => FieldKind.Expect,
            7 when Ascii.EqualsIgnoreCase(name, "Upgrade"u8) => FieldKind.Upgrade,
            10 when Ascii.EqualsIgnoreCase(name, "Connection"u8) => FieldKind.Connection,
            14 when Ascii.EqualsIgnoreCase(name, "Content-Length"u8) => FieldKind.ContentLength,
            17 when Ascii.EqualsIgnoreCase(name, "Transfer-Encoding"u8) => FieldKind.TransferEncoding,
            _ => FieldKind.Other,
        };
}
