using System.Buffers;
using System.Buffers.Text;

namespace Stackmeta.Http;

/// <summary>
/// Takes a body out of its chunks (RFC 9112 §7.1). Lines end with CR LF and nothing else; extensions and trailers are read and dropped.
/// </summary>
/// <param name="maxBody">Bytes of the body without its framing.</param>
/// <param name="maxTrailers">Bytes of all trailers.</param>
sealed class ChunkedBodyParser(long maxBody, int maxTrailers)
{
    /// <summary>A size has few digits; nobody sends extensions (CVE-2025-55315 hid a request in one).</summary>
    const int MaxSizeLine = 256;

    /// <summary>More digits than a size has that is taken, leading zeros among them.</summary>
    const int MaxDigits = 16;

    Part _part;

    /// <summary>Bytes that are missing of the chunk.</summary>
    long _left;
    long _bodyLength;
    int _trailersLength;

    /// <summary>Up to where the line that is not whole yet has no line end.</summary>
    int _scanned;

    public Rejection Rejection { get; private set; }

    public void Reset() =>
        (_part, _left, _bodyLength, _trailersLength, _scanned, Rejection) = (Part.Size, 0, 0, 0, 0, default);

    /// <param name="bytes">What has come and was not consumed.</param>
    /// <param name="body">Gets the body.</param>
    /// <param name="consumed">How many of them are not needed any more.</param>
    public ReadStatus Read(ReadOnlySpan<byte> bytes, IBufferWriter<byte> body, out int consumed)
    {
        consumed = 0;
        while (true)
        {
            var rest = bytes[consumed..];
            if (_part == Part.Data)
            {
                var count = (int)Math.Min(_left, rest.Length);
                body.Write(rest[..count]);
                _left -= count;
                consumed += count;
                if (_left > 0)
                {
                    return ReadStatus.NeedsMore;
                }
                _part = Part.DataEnd;
                continue;
            }
            var found = rest[_scanned..].IndexOf((byte)'\n');
            var length = found < 0 ? rest.Length : _scanned + found;
            if (IsTooLong(length, isCr: rest.StartsWith("\r"u8)) is { } tooLong)
            {
                return Reject(tooLong);
            }
            if (found < 0)
            {
                _scanned = length;
                return ReadStatus.NeedsMore;
            }
            var line = rest[..length];
            if (!line.EndsWith("\r"u8))
            {
                return Reject(Rejection.Malformed);
            }
            _scanned = 0;
            consumed += length + 1;
            if (Take(line[..^1]) is var status and not ReadStatus.NeedsMore)
            {
                return status;
            }
        }
    }

    /// <summary>A line without its line end.</summary>
    ReadStatus Take(ReadOnlySpan<byte> line)
    {
        switch (_part)
        {
            case Part.Size:
                return TakeSize(line);
            case Part.DataEnd:
                _part = Part.Size;
                return line.IsEmpty ? ReadStatus.NeedsMore : Reject(Rejection.Malformed);
            default:
                _trailersLength += line.Length + 2;
                return line.IsEmpty ? ReadStatus.Complete
                    : IsTrailer(line) ? ReadStatus.NeedsMore
                    : Reject(Rejection.Malformed);
        }
    }

    ReadStatus TakeSize(ReadOnlySpan<byte> line)
    {
        var semicolon = line.IndexOf((byte)';');
        var digits = semicolon < 0 ? line : line[..semicolon].TrimEnd(" \t"u8);
        if (
            digits.IsEmpty
            || digits.Length > MaxDigits
            || !Utf8Parser.TryParse(digits, out ulong size, out var count, 'x')
            || count != digits.Length
            || !RequestSyntax.IsFieldValue(line)
        )
        {
            return Reject(Rejection.Malformed);
        }
        if (size > (ulong)(maxBody - _bodyLength))
        {
            return Reject(Rejection.BodyTooLarge);
        }
        _left = (long)size;
        _bodyLength += _left;
        _part = size == 0 ? Part.Trailers : Part.Data;
        return ReadStatus.NeedsMore;
    }

    static bool IsTrailer(ReadOnlySpan<byte> line) =>
        line.IndexOf((byte)':') is var colon and > 0
        && RequestSyntax.IsToken(line[..colon])
        && RequestSyntax.IsFieldValue(line[(colon + 1)..]);

    /// <param name="length">Of the line so far, with the CR of its line end.</param>
    /// <param name="isCr">Whether it begins with that.</param>
    Rejection? IsTooLong(int length, bool isCr) =>
        _part switch
        {
            Part.Size => length > MaxSizeLine ? Rejection.Malformed : null,
            Part.DataEnd => length > 1 || (length == 1 && !isCr) ? Rejection.Malformed : null,
            _ => _trailersLength + length > maxTrailers + 1 ? Rejection.HeadersTooLarge : null,
        };

    ReadStatus Reject(in Rejection rejection)
    {
        Rejection = rejection;
        return ReadStatus.Rejected;
    }

    enum Part
    {
        Size,
        Data,
        DataEnd,
        Trailers,
    }
}
