using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Stackmeta.Http;

/// <summary>
/// The answer to a plain question, framed as Kestrel frames it: collected, and sent as a whole when the application has ended, or before that as far as it
/// flushes. Used for one after another.
/// </summary>
/// <param name="date">Of the process.</param>
sealed class PlainResponse(DateField date) : PipeWriter, IHttpResponseFeature, IHttpResponseBodyFeature
{
    /// <summary>Head and body of most answers (of the recorded ones in tests/Stackmeta.Reference.Tests/data the median is 1.2 KiB).</summary>
    const int FirstSize = 4096;

    /// <summary>A longer one is not kept for the next answer.</summary>
    const int LongestKept = 64 * 1024;

    /// <summary>Before each chunk: its length in eight hexadecimal digits, and a line end.</summary>
    const int ChunkHead = 10;

    readonly HeaderList _headers = new() { IsSent = true };

    /// <summary>What the application wants to be told of; made when it is first asked for. The last one is told first, as Kestrel does.</summary>
    Stack<(Func<object, Task> Callback, object State)>? _starting;
    Stack<(Func<object, Task> Callback, object State)>? _completing;

    /// <summary>What is written before the response is started or flushed: headers may still change.</summary>
    ArrayBufferWriter<byte>? _early;

    int _status;
    string? _reason;

    // What is not sent yet is before _end.
    byte[] _bytes = new byte[FirstSize];
    int _end;

    IPlainReceiver _receiver = null!;
    bool _closes;
    bool _isBroken;
    bool _wasSent;

    /// <summary>Whether the body is in chunks: its length is not known beforehand. Once it has started.</summary>
    bool _isChunked;

    /// <summary>Where the chunk that is being written begins; −1 when there is none.</summary>
    int _chunkAt;

    /// <summary>Bytes of the body that were written.</summary>
    long _bodyLength;

    public int StatusCode
    {
        get => _status;
        set
        {
            ThrowIfStarted();
            _status = value;
        }
    }

    public string? ReasonPhrase
    {
        get => _reason;
        set
        {
            ThrowIfStarted();
            _reason = value;
        }
    }

    public IHeaderDictionary Headers
    {
        get => _headers;
        set
        {
            ThrowIfStarted();
            if (!ReferenceEquals(value, _headers))
            {
                List<KeyValuePair<string, StringValues>> all = [.. value];
                _headers.Clear();
                foreach (var (name, values) in all)
                {
                    _headers[name] = values;
                }
            }
        }
    }

    /// <summary>Whether somebody waits for <see cref="CompletedAsync"/>.</summary>
    public bool IsAwaited => _completing is { Count: > 0 };

    public bool HasStarted { get; private set; }

    /// <summary>Whether the connection ends with this answer. Once it has started.</summary>
    public bool Closes => _closes;

    public PipeWriter Writer => this;

    Stream IHttpResponseFeature.Body
    {
        get => AsStream(leaveOpen: true);
        set => throw new NotSupportedException();
    }

    Stream IHttpResponseBodyFeature.Stream => AsStream(leaveOpen: true);

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _end + (_early?.WrittenCount ?? 0);

    /// <param name="receiver">Is sent the answer.</param>
    /// <param name="closes">Whether the connection ends with it in any case.</param>
    public void Begin(IPlainReceiver receiver, bool closes)
    {
        (_receiver, _closes, _isBroken, _wasSent) = (receiver, closes, false, false);
        (_end, _isChunked, _chunkAt, _bodyLength) = (0, false, -1, 0);
        (_status, _reason, HasStarted) = (StatusCodes.Status200OK, null, false);
        _headers.Reset();
        _starting?.Clear();
        _completing?.Clear();
        _early = null;
        if (_bytes.Length > LongestKept)
        {
            _bytes = new byte[FirstSize];
        }
    }

    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_starting is { Count: > 0 })
        {
            return TellAndStartAsync();
        }
        Start();
        return Task.CompletedTask;
    }

    /// <summary>Those who want to know are told, then the head is written, and behind it what was written meanwhile.</summary>
    async Task TellAndStartAsync()
    {
        while (_starting!.TryPop(out var told))
        {
            await told.Callback(told.State);
        }
        Start();
    }

    /// <summary>The response is sent, or will never be.</summary>
    public async Task CompletedAsync()
    {
        while (_completing!.TryPop(out var told))
        {
            await told.Callback(told.State);
        }
    }

    /// <summary>The application has ended: the rest is sent.</summary>
    /// <returns>False if nobody receives it any more, or if it is not what its head said and the connection can only be broken off.</returns>
    public ValueTask<bool> EndAsync() => _starting is { Count: > 0 } ? TellAndEndAsync() : End();

    async ValueTask<bool> TellAndEndAsync()
    {
        while (_starting!.TryPop(out var told))
        {
            await told.Callback(told.State);
        }
        return await End();
    }

    ValueTask<bool> End()
    {
        if (!HasStarted)
        {
            if (_headers.ContentLength is null && _early is null && HasBody(_status))
            {
                _headers.ContentLength = 0;
            }
            Start();
        }
        if (_headers.ContentLength is { } length && length != _bodyLength)
        {
            // As Kestrel does.
            _closes = true;
            Fail();
        }
        if (_isBroken)
        {
            return new(false);
        }
        if (_isChunked)
        {
            EndChunk();
            Write("0\r\n\r\n"u8);
        }
        return SendAsync(CancellationToken.None);
    }

    /// <summary>The application has failed: said with a status if nothing was sent yet.</summary>
    public void Fail()
    {
        if (_isBroken || _wasSent)
        {
            Break();
            return;
        }
        var completing = _completing;
        _completing = null;
        Begin(_receiver, _closes);
        _completing = completing;
        _status = StatusCodes.Status500InternalServerError;
        _headers.ContentLength = 0;
        Start();
    }

    /// <summary>Nothing of it is to be sent any more.</summary>
    public void Break() => _isBroken = true;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (!HasStarted)
        {
            return (_early ??= new()).GetMemory(sizeHint);
        }
        BeginBody(sizeHint);
        return _bytes.AsMemory(_end);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        if (!HasStarted)
        {
            return (_early ??= new()).GetSpan(sizeHint);
        }
        BeginBody(sizeHint);
        return _bytes.AsSpan(_end);
    }

    public override void Advance(int bytes)
    {
        if (!HasStarted)
        {
            _early!.Advance(bytes);
            return;
        }
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _bytes.Length - _end);
        _end += bytes;
        _bodyLength += bytes;
    }

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        await StartAsync(cancellationToken);
        EndChunk();
        var isSent = await SendAsync(cancellationToken);
        return new(isCanceled: false, isCompleted: !isSent);
    }

    public override void CancelPendingFlush()
    {
        // Nobody cancels a flush but by its token.
    }

    public override void Complete(Exception? exception = null)
    {
        if (exception is not null)
        {
            Break();
        }
    }

    public Task CompleteAsync() => Task.CompletedTask;

    public void DisableBuffering()
    {
        // What is flushed is sent.
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(AsStream(leaveOpen: true), path, offset, count, cancellationToken);

    public void OnStarting(Func<object, Task> callback, object state)
    {
        ThrowIfStarted();
        (_starting ??= []).Push((callback, state));
    }

    public void OnCompleted(Func<object, Task> callback, object state) => (_completing ??= []).Push((callback, state));

    void ThrowIfStarted()
    {
        if (HasStarted)
        {
            throw new InvalidOperationException("The response has started already.");
        }
    }

    ValueTask<bool> SendAsync(CancellationToken cancellationToken)
    {
        if (_isBroken)
        {
            return new(false);
        }
        _wasSent = true;
        var sending = _receiver.SendAsync(_bytes.AsMemory(0, _end), cancellationToken);
        if (!sending.IsCompletedSuccessfully)
        {
            return SendSlowlyAsync(sending);
        }
        _end = 0;
        return sending;
    }

    async ValueTask<bool> SendSlowlyAsync(ValueTask<bool> sending)
    {
        var isSent = await sending;
        _end = 0;
        return isSent;
    }

    /// <summary>Writes the head, unless it is written already.</summary>
    void Start()
    {
        if (HasStarted)
        {
            return;
        }
        HasStarted = _headers.IsReadOnly = true;
        _closes |= _headers.TryGetValue("Connection", out var connection) && connection.Equals("close");
        WriteStatus();
        // In Kestrel's order.
        if (_headers.ContentLength is { } length)
        {
            Write("Content-Length: "u8);
            var room = Room(20);
            Utf8Formatter.TryFormat(length, room, out var written);
            _end += written;
            Write("\r\n"u8);
        }
        if (_closes)
        {
            Write("Connection: close\r\n"u8);
        }
        if (_headers.TryGetValue("Content-Type", out var contentType))
        {
            WriteField("Content-Type", contentType);
        }
        Write(date.Line);
        _isChunked = _headers.ContentLength is null && HasBody(_status);
        if (_isChunked)
        {
            Write("Transfer-Encoding: chunked\r\n"u8);
        }
        foreach (var (name, values) in _headers.Others)
        {
            if (name is not ("Connection" or "Content-Type"))
            {
                WriteField(name, values);
            }
        }
        Write("\r\n"u8);
        if (_early is { WrittenCount: > 0 } early)
        {
            _early = null;
            BuffersExtensions.Write(this, early.WrittenSpan);
        }
    }

    void WriteStatus()
    {
        if (_status == StatusCodes.Status200OK && _reason is null)
        {
            Write("HTTP/1.1 200 OK\r\n"u8);
            return;
        }
        var reason = _reason ?? ReasonPhrases.GetReasonPhrase(_status);
        Write(Encoding.ASCII.GetBytes($"HTTP/1.1 {_status} {reason}\r\n"));
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

    void BeginBody(int sizeHint)
    {
        Start();
        if (_isChunked && _chunkAt < 0)
        {
            Room(ChunkHead);
            _chunkAt = _end;
            _end += ChunkHead;
        }
        Room(Math.Max(sizeHint, 1));
    }

    /// <summary>Writes how long the chunk has become; one of nothing would end the body.</summary>
    void EndChunk()
    {
        if (_chunkAt < 0)
        {
            return;
        }
        var length = _end - _chunkAt - ChunkHead;
        if (length == 0)
        {
            _end = _chunkAt;
        }
        else
        {
            Utf8Formatter.TryFormat(length, _bytes.AsSpan(_chunkAt), out var digits, 'x');
            "\r\n"u8.CopyTo(_bytes.AsSpan(_chunkAt + digits));
            // Up to the shorter head, as Kestrel writes it.
            _bytes.AsSpan(_chunkAt + ChunkHead, length).CopyTo(_bytes.AsSpan(_chunkAt + digits + 2));
            _end = _chunkAt + digits + 2 + length;
            Write("\r\n"u8);
        }
        _chunkAt = -1;
    }

    Span<byte> Room(int length)
    {
        if (_bytes.Length - _end < length)
        {
            Array.Resize(ref _bytes, Math.Max(checked(_end + length), _bytes.Length * 2));
        }
        return _bytes.AsSpan(_end);
    }

    static bool HasBody(int status) =>
        status is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified);
}
