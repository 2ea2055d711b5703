using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Stackmeta.Http;

/// <summary>
/// Writes responses to simple requests as Kestrel frames them: head and body are sent as a whole. Used for one after another.
/// </summary>
/// <param name="date">Of the process.</param>
sealed class FastResponse(DateField date)
{
    /// <summary>
    /// Head and body of most responses (of the recorded ones in tests/Stackmeta.Reference.Tests/data the median is 1.2 KiB).
    /// </summary>
    const int FirstSize = 4096;

    /// <summary>A longer buffer is not kept for the next response.</summary>
    const int LongestKept = 128 * 1024;

    /// <summary>Bytes that are read at once of a body that comes from elsewhere.</summary>
    const int Piece = 16 * 1024;

    byte[] _bytes = new byte[FirstSize];
    int _end;

    /// <param name="closes">Whether the connection ends with it.</param>
    /// <inheritdoc cref="FastExchange.SendAsync"/>
    public ValueTask<bool> SendAsync(in Response response, SocketConnection to, bool closes)
    {
        _end = 0;
        var isChunked = response is { Rest: not null, Length: null };
        WriteHead(response, isChunked, closes);
        if (response.Rest is { } rest)
        {
            return RelayAsync(response.Body, rest, isChunked ? null : response.Length, to);
        }
        Write(response.Body.Span);
        return to.SendAsync(_bytes.AsMemory(0, _end), CancellationToken.None);
    }

    /// <summary>Nothing of it is kept.</summary>
    public void Clear()
    {
        if (_bytes.Length > LongestKept)
        {
            _bytes = new byte[FirstSize];
        }
    }

    /// <summary>Sends on what comes in, piece by piece: the next is read when the caller has taken the one before.</summary>
    /// <param name="length">Of the whole body; null for chunks.</param>
    async ValueTask<bool> RelayAsync(ReadOnlyMemory<byte> beginning, Stream rest, long? length, SocketConnection to)
    {
        try
        {
            WritePiece(beginning.Span, length is null);
            var left = length - beginning.Length;
            var piece = new byte[Piece];
            while (await to.SendAsync(_bytes.AsMemory(0, _end), to.ConnectionClosed))
            {
                _end = 0;
                var count = await rest.ReadAsync(piece, to.ConnectionClosed);
                left -= count;
                if (count == 0 && length is null)
                {
                    Write("0\r\n\r\n"u8);
                    return await to.SendAsync(_bytes.AsMemory(0, _end), to.ConnectionClosed);
                }
                if (count == 0 || left < 0)
                {
                    return left == 0;
                }
                WritePiece(piece.AsSpan(0, count), length is null);
            }
            return false;
        }
        catch (Exception)
        {
            // The caller sees that the body is cut short; whose body it is has told why.
            return false;
        }
        finally
        {
            await rest.DisposeAsync();
        }
    }

    void WritePiece(ReadOnlySpan<byte> bytes, bool isChunk)
    {
        // One of nothing would end the body.
        if (bytes.IsEmpty)
        {
            return;
        }
        if (isChunk)
        {
            var room = Room(10);
            Utf8Formatter.TryFormat(bytes.Length, room, out var digits, 'x');
            _end += digits;
            Write("\r\n"u8);
        }
        Write(bytes);
        if (isChunk)
        {
            Write("\r\n"u8);
        }
    }

    /// <summary>In Kestrel's order.</summary>
    void WriteHead(in Response response, bool isChunked, bool closes)
    {
        WriteStatus(response.Status);
        if ((response.Length ?? (isChunked || !HasBody(response.Status) ? null : 0)) is { } length)
        {
            Write("Content-Length: "u8);
            var room = Room(20);
            Utf8Formatter.TryFormat(length, room, out var written);
            _end += written;
            Write("\r\n"u8);
        }
        if (closes)
        {
            Write("Connection: close\r\n"u8);
        }
        if (response.ContentType is { } contentType)
        {
            WriteField("Content-Type", contentType);
        }
        WriteFields(response.Headers, areContentTypes: true);
        Write(date.Line);
        if (isChunked)
        {
            Write("Transfer-Encoding: chunked\r\n"u8);
        }
        WriteFields(response.Headers, areContentTypes: false);
        Write("\r\n"u8);
    }

    void WriteFields(List<KeyValuePair<string, StringValues>>? headers, bool areContentTypes)
    {
        if (headers is null)
        {
            return;
        }
        foreach (var (name, values) in headers)
        {
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) == areContentTypes)
            {
                WriteField(name, values);
            }
        }
    }

    void WriteStatus(int status)
    {
        if (status == StatusCodes.Status200OK)
        {
            Write("HTTP/1.1 200 OK\r\n"u8);
            return;
        }
        Write(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} {ReasonPhrases.GetReasonPhrase(status)}\r\n"));
    }

    void WriteField(string name, in StringValues values)
    {
        foreach (var value in values)
        {
            WriteText(name);
            Write(": "u8);
            WriteText(value ?? "");
            Write("\r\n"u8);
        }
    }

    void WriteText(string text) => _end += Encoding.ASCII.GetBytes(text, Room(text.Length));

    void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _end += bytes.Length;
    }

    Span<byte> Room(int length)
    {
        if (_bytes.Length - _end < length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _end + length));
        }
        return _bytes.AsSpan(_end);
    }

    /// <summary>RFC 9110 §15.3.5, §15.4.5; those that begin with 1 are never sent here.</summary>
    static bool HasBody(int status) =>
        status is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified);
}
