using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Stackmeta.Core.Refusals;
using Stackmeta.Documents;

namespace Stackmeta.Http;

/// <summary>
/// What Kestrel sees of a connection: requests that were judged before (<see cref="RequestReader"/>). Puts a page into the answers that
/// Kestrel gives on its own, such as 408: those come without a body, and a guest's log then shows a bare status. What is written while a
/// request is being answered passes untouched.
/// </summary>
/// <remarks>Kestrel closes the connection after such an answer, and writes it as a whole.</remarks>
sealed class KestrelConnection(IDuplexPipe transport, HttpServerOptions options, RequestObservation? observation)
    : PipeWriter,
        IDuplexPipe
{
    readonly PipeWriter _output = transport.Output;
    readonly RequestReader _input = new(transport.Input, transport.Output, options);

    // What Kestrel writes outside of requests, until it is flushed. Only the connection's own loop writes there.
    ArrayBufferWriter<byte>? _own;

    // Set and cleared by the connection's own loop, between whose requests nobody else writes.
    bool _isAnswering;

    /// <summary>Whether the connection has to end with the answer that is under way.</summary>
    public bool EndsConnection => _input.IsLast;

    /// <summary>Why the bytes are no request that Kestrel takes for one; null for a request.</summary>
    public Rejection? Rejection => _input.Rejection;

    /// <summary>The request's target as it came, where Kestrel was given another spelling; else null.</summary>
    public string? RawTarget => _input.RawTarget;

    public PipeReader Input => _input;

    public PipeWriter Output => this;

    public override bool CanGetUnflushedBytes => _output.CanGetUnflushedBytes;

    public override long UnflushedBytes => _output.UnflushedBytes + (_own?.WrittenCount ?? 0);

    /// <summary>Connection middleware.</summary>
    public static Func<ConnectionDelegate, ConnectionDelegate> With(HttpServerOptions options) =>
        next =>
            connection =>
            {
                var observation = connection.Features.Get<RequestObservation>();
                var answers = new KestrelConnection(connection.Transport, options, observation);
                connection.Transport = answers;
                connection.Features.Set(answers);
                return next(connection);
            };

    /// <summary>From now on the application answers.</summary>
    public void RequestBegins() => _isAnswering = true;

    /// <summary>The application has answered.</summary>
    public void RequestEnds() => _isAnswering = false;

    /// <summary>The response to what is no request. It ends the connection, so that nothing behind it is taken for one.</summary>
    public Response ResponseTo(in Rejection rejection)
    {
        observation?.RefuseUnreadable(rejection.Refusal, rejection.Status);
        var page = new ArrayBufferWriter<byte>(256);
        var contentType = PageOf(rejection, page);
        return new()
        {
            Status = rejection.Status,
            ContentType = contentType,
            Length = page.WrittenCount,
            Body = page.WrittenMemory,
            Closes = true,
        };
    }

    public override void Advance(int bytes)
    {
        if (_isAnswering)
        {
            _output.Advance(bytes);
        }
        else
        {
            _own!.Advance(bytes);
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) =>
        _isAnswering ? _output.GetMemory(sizeHint) : (_own ??= new(512)).GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) =>
        _isAnswering ? _output.GetSpan(sizeHint) : (_own ??= new(512)).GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        WriteOwn();
        return _output.FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => _output.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        WriteOwn();
        _output.Complete(exception);
    }

    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        WriteOwn();
        return _output.CompleteAsync(exception);
    }

    /// <summary>Sends on what Kestrel wrote on its own, with a page if it is an answer without one.</summary>
    void WriteOwn()
    {
        if (_own is not { WrittenCount: > 0 } own)
        {
            return;
        }
        var answer = own.WrittenSpan;
        if (TryReadStatus(answer, out var status) && answer.IndexOf("\r\nContent-Length: 0\r\n"u8) is > 0 and var at)
        {
            WritePage(answer, at, status);
        }
        else
        {
            _output.Write(answer);
        }
        own.Clear();
    }

    void WritePage(ReadOnlySpan<byte> answer, int contentLengthAt, int status)
    {
        var page = new ArrayBufferWriter<byte>(256);
        var refusal = status is 413 or 414 or 431 ? Refusal.RequestTooLarge : Refusal.RequestMalformed;
        observation?.RefuseUnreadable(refusal, status);
        var contentType = PageOf(new(status, refusal), page);
        var rest = answer[(contentLengthAt + "\r\nContent-Length: 0"u8.Length)..];
        _output.Write(answer[..contentLengthAt]);
        _output.Write(
            Encoding.ASCII.GetBytes($"\r\nContent-Type: {contentType}\r\nContent-Length: {page.WrittenCount}")
        );
        _output.Write(rest);
        if (!_input.IsHead)
        {
            _output.Write(page.WrittenSpan);
        }
    }

    /// <summary>The request could not be read, and with it what the caller accepts: text is what everybody reads.</summary>
    static string PageOf(in Rejection rejection, IBufferWriter<byte> page) =>
        ErrorPage.Render(rejection.Status, RefusalDescription.Of(rejection.Refusal).Explanation, accept: null, page);

    static bool TryReadStatus(ReadOnlySpan<byte> answer, out int status)
    {
        status = 0;
        return answer.StartsWith("HTTP/1.1 4"u8)
            && Utf8Parser.TryParse(answer["HTTP/1.1 "u8.Length..], out status, out _);
    }
}
