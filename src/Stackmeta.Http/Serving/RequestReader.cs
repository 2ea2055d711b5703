using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;

namespace Stackmeta.Http;

/// <summary>
/// Stands between a connection and Kestrel, and hands on one request after another: each head whole and judged
/// (<see cref="RequestHeadParser"/>), with its body unless that is long. So neither how TCP cuts the bytes nor what is pipelined changes
/// what Kestrel sees, and Kestrel never sees bytes that it could read otherwise.
/// </summary>
/// <remarks>
/// <code>
///  bytes ──► head ──► body with its length, of at most MaxBufferedBody ──► head and body, for Kestrel
///            │        chunks, likewise                                      (a longer body as it comes)
///            └ 400, 413, 414, 431: a request that stands for it, whose application is <see cref="KestrelConnection.Rejection"/>
/// </code>
/// While a request is not whole Kestrel sees its first letter, which starts its time limit for heads.
/// </remarks>
/// <param name="input">The connection's.</param>
/// <param name="output">The connection's, for interim responses.</param>
/// <param name="options">How much is taken in.</param>
sealed class RequestReader(PipeReader input, PipeWriter output, HttpServerOptions options) : PipeReader
{
    readonly RequestHeadParser _head = new(options.MaxRequestLine, options.MaxHeaders);
    ChunkedBodyParser? _chunks;

    /// <summary>What has come and was not judged.</summary>
    readonly ByteBuffer _raw = new();

    /// <summary>The body of the request that is not whole yet.</summary>
    readonly ByteBuffer _body = new();

    /// <summary>What Kestrel is given, and how much of it it has looked at.</summary>
    readonly ByteBuffer _offered = new();
    int _examined;

    /// <summary>
    /// What was read last. Not given back before more is needed, so that the connection knows that there are bytes left when Kestrel ends
    /// it.
    /// </summary>
    ReadResult? _lastRead;

    Part _part;

    /// <summary>Bytes that are missing of a body with its length.</summary>
    long _bodyLeft;

    /// <summary>Whether <see cref="_head"/> is that of the bytes that have come.</summary>
    bool _isHeadBegun;

    /// <summary>Whether only a request's first letter is offered.</summary>
    bool _isBegun;
    bool _owesContinue;
    bool _inputEnded;

    /// <summary>Whether the request that Kestrel reads, or reads next, is a HEAD.</summary>
    public bool IsHead { get; private set; }

    /// <summary>Whether the connection has to end with the response to it.</summary>
    public bool IsLast { get; private set; }

    /// <summary>Why it is none; null for a request.</summary>
    public Rejection? Rejection { get; private set; }

    /// <summary>Its target, where Kestrel is given another spelling; else null.</summary>
    public string? RawTarget { get; private set; }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var isReady = TryOffer(out var result);
            if (_owesContinue)
            {
                _owesContinue = false;
                output.Write("HTTP/1.1 100 Continue\r\n\r\n"u8);
                await output.FlushAsync(cancellationToken);
            }
            if (isReady)
            {
                return result;
            }
            GiveBack(isAllConsumed: true);
            var read = await input.ReadAsync(cancellationToken);
            TakeIn(read);
            if (read.IsCanceled)
            {
                return Offer(isCanceled: true);
            }
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        while (!TryOffer(out result))
        {
            GiveBack(isAllConsumed: true);
            if (!input.TryRead(out var read))
            {
                return false;
            }
            TakeIn(read);
            if (read.IsCanceled)
            {
                result = Offer(isCanceled: true);
                return true;
            }
        }
        // An interim response is sent by a read that may wait.
        return !_owesContinue;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var (count, seen) = (_offered.OffsetOf(consumed), _offered.OffsetOf(examined));
        _offered.Consume(count);
        _examined = Math.Max(0, seen - count);
    }

    public override void CancelPendingRead() => input.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        // A client whose bytes were not all read is given the time to read its response (RFC 9112 §9.6).
        GiveBack(isAllConsumed: _raw.Length == 0 && Rejection is null);
        _raw.Clear();
        _body.Clear();
        _offered.Clear();
        _part = Part.Ended;
        input.Complete(exception);
    }

    void GiveBack(bool isAllConsumed)
    {
        if (_lastRead is { } read)
        {
            _lastRead = null;
            input.AdvanceTo(isAllConsumed ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
        }
    }

    void TakeIn(in ReadResult read)
    {
        _lastRead = read;
        _inputEnded |= read.IsCompleted;
        foreach (var piece in read.Buffer)
        {
            _raw.Write(piece.Span);
        }
    }

    bool TryOffer(out ReadResult result)
    {
        if (_examined >= _offered.Length)
        {
            Fill();
        }
        if (_examined >= _offered.Length && _part != Part.Ended)
        {
            result = default;
            return false;
        }
        result = Offer(isCanceled: false);
        return true;
    }

    ReadResult Offer(bool isCanceled) =>
        new(_offered.Sequence, isCanceled, isCompleted: _part == Part.Ended && _examined >= _offered.Length);

    /// <summary>Gets as far with what has come as it suffices for.</summary>
    void Fill()
    {
        if (_part == Part.LongBody)
        {
            PassBodyOn();
        }
        else if (_offered.Length == 0 || _isBegun)
        {
            // One request at a time: the next is looked at when this one is over.
            if (_part == Part.Head)
            {
                ReadHead();
            }
            if (_part == Part.Body)
            {
                ReadBody();
            }
            if (_part == Part.Chunks)
            {
                ReadChunks();
            }
        }
    }

    void ReadHead()
    {
        if (!_isHeadBegun)
        {
            if (!TrySkipEmptyLines())
            {
                _part = _inputEnded ? Part.Ended : Part.Head;
                return;
            }
            _head.Reset();
            _isHeadBegun = true;
        }
        switch (_head.Read(_raw.Span))
        {
            case ReadStatus.NeedsMore:
                IsHead = _raw.Span.StartsWith("HEAD "u8);
                AwaitMore();
                return;
            case ReadStatus.Rejected:
                IsHead = _raw.Span.StartsWith("HEAD "u8);
                Reject(_head.Rejection);
                return;
            default:
                BeginBody();
                return;
        }
    }

    /// <summary>Those before a request line are passed over (RFC 9112 §2.2).</summary>
    /// <returns>Whether something else has come.</returns>
    bool TrySkipEmptyLines()
    {
        while (_raw.Span.StartsWith("\r\n"u8))
        {
            _raw.Consume(2);
        }
        return _raw.Length > 0 && !_raw.Span.SequenceEqual("\r"u8);
    }

    void BeginBody()
    {
        var method = _raw.Span[_head.Method];
        var carriesBody = RequestHeadWriter.CarriesBody(method);
        IsHead = method.SequenceEqual("HEAD"u8);
        var length = _head.ContentLength ?? 0;
        if (length > (carriesBody ? options.MaxBody ?? long.MaxValue : options.MaxBufferedBody))
        {
            Reject(Http.Rejection.BodyTooLarge);
            return;
        }
        _owesContinue = _head is { ExpectsContinue: true, IsHttp10: false } && (_head.IsChunked || length > 0);
        if (length > options.MaxBufferedBody)
        {
            OfferHead(length);
            _raw.Consume(_head.Length);
            _bodyLeft = length;
            _part = Part.LongBody;
            return;
        }
        _bodyLeft = length;
        _part = _head.IsChunked ? Part.Chunks : Part.Body;
        if (_head.IsChunked)
        {
            _chunks ??= new(Math.Min(options.MaxBody ?? long.MaxValue, options.MaxBufferedBody), options.MaxHeaders);
            _chunks.Reset();
        }
    }

    void ReadBody()
    {
        if (_raw.Length - _head.Length < _bodyLeft)
        {
            AwaitMore();
            return;
        }
        EndRequest(_raw.Span.Slice(_head.Length, (int)_bodyLeft), _head.ContentLength);
        _raw.Consume(_head.Length + (int)_bodyLeft);
    }

    void ReadChunks()
    {
        var chunks = _raw.Span[_head.Length..];
        var status = _chunks!.Read(chunks, _body, out var consumed);
        // The head stays where it is; what follows moves up to it.
        _raw.Remove(_head.Length, consumed);
        switch (status)
        {
            case ReadStatus.NeedsMore:
                AwaitMore();
                return;
            case ReadStatus.Rejected:
                Reject(_chunks.Rejection);
                return;
            default:
                EndRequest(_body.Span, _body.Length);
                _body.Clear();
                _raw.Consume(_head.Length);
                return;
        }
    }

    /// <summary>A request is whole; the next one begins behind it.</summary>
    void EndRequest(ReadOnlySpan<byte> body, long? length)
    {
        if (RequestHeadWriter.CarriesBody(_raw.Span[_head.Method]))
        {
            OfferHead(length);
            _offered.Write(body);
        }
        else
        {
            OfferHead(length: null);
        }
        _part = Part.Head;
    }

    void OfferHead(long? length)
    {
        var target = _raw.Span[_head.Target];
        RawTarget = RequestHeadWriter.IsRespelt(target) ? Encoding.ASCII.GetString(target) : null;
        Rejection = null;
        ClearOffered();
        IsLast = RequestHeadWriter.Write(_head, _raw.Span, length, _offered);
        _isHeadBegun = false;
    }

    void PassBodyOn()
    {
        var count = (int)Math.Min(_bodyLeft, _raw.Length);
        _offered.Write(_raw.Span[..count]);
        _raw.Consume(count);
        _bodyLeft -= count;
        if (_bodyLeft == 0)
        {
            _part = Part.Head;
        }
        else if (_inputEnded)
        {
            _part = Part.Ended;
        }
    }

    /// <summary>The request's first letter is offered, unless it will never be whole.</summary>
    void AwaitMore()
    {
        if (_inputEnded)
        {
            Reject(Http.Rejection.Malformed);
        }
        else if (!_isBegun)
        {
            _isBegun = true;
            _offered.Write("G"u8);
        }
    }

    void Reject(in Rejection rejection)
    {
        Rejection = rejection;
        (RawTarget, IsLast) = (null, true);
        ClearOffered();
        _offered.Write(IsHead ? "HEAD / HTTP/1.1\r\nHost: \r\n\r\n"u8 : "GET / HTTP/1.1\r\nHost: \r\n\r\n"u8);
        _part = Part.Ended;
    }

    void ClearOffered()
    {
        _offered.Clear();
        (_examined, _isBegun) = (0, false);
    }

    enum Part
    {
        Head,

        /// <summary>A body with its length, which is offered with the head.</summary>
        Body,
        Chunks,

        /// <summary>A body that is offered as it comes.</summary>
        LongBody,

        /// <summary>Nothing more is offered.</summary>
        Ended,
    }
}
