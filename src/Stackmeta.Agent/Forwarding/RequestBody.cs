using System.Net;
using Stackmeta.Http;

namespace Stackmeta.Agent;

/// <summary>The guest's body on its way to the API: short ones are read first and can be sent again, long ones stream.</summary>
static class RequestBody
{
    /// <summary>Passwords have at most 1,020 bytes; nothing else that guests send is longer than this either.</summary>
    const int MaxRepeatable = 16 * 1024;

    /// <summary>The content to send; null when there is no body.</summary>
    /// <remarks>
    /// A chunked body that is short goes on with Content-Length: Nova does not understand it otherwise (spec/nova-metadata.md §5.4).
    /// </remarks>
    public static async ValueTask<HttpContent?> ReadAsync(Request request)
    {
        if (request.Body is RepeatableBody read)
        {
            return read.ToContent();
        }
        if (request.Body is not { } received)
        {
            return null;
        }
        if (request.ContentLength > MaxRepeatable)
        {
            return new StreamingBody(received, request.ContentLength);
        }

        var bytes = new byte[(int)(request.ContentLength ?? MaxRepeatable) + 1];
        var length = await received.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, request.Aborted);
        if (length > MaxRepeatable)
        {
            request.Body = new PrefixedStream(bytes.AsMemory(0, length), received);
            return new StreamingBody(request.Body, length: null);
        }
        var body = new RepeatableBody(bytes.AsMemory(0, length));
        request.Body = body;
        return body.ToContent();
    }

    /// <summary>Whether a request's body, if it has one, can be sent once more.</summary>
    public static bool IsRepeatable(HttpRequestMessage request) => request.Content is not StreamingBody;

    /// <summary>Whether a request's body streams and its end was not sent.</summary>
    public static bool IsUnfinished(HttpRequestMessage request) => request.Content is StreamingBody { IsSent: false };

    /// <summary>A body that has been read, in the place of the connection's.</summary>
    sealed class RepeatableBody(ReadOnlyMemory<byte> bytes) : PrefixedStream(bytes, Null)
    {
        public ReadOnlyMemoryContent ToContent() => new(Whole);
    }

    /// <summary>A long body, sent while it comes in.</summary>
    sealed class StreamingBody : HttpContent
    {
        readonly Stream _body;
        readonly long? _length;

        public StreamingBody(Stream body, long? length)
        {
            _body = body;
            _length = length;
            Headers.ContentLength = length;
        }

        /// <summary>Written by the one who sends, read once the sending has failed.</summary>
        public bool IsSent { get; private set; }

        protected override bool TryComputeLength(out long length)
        {
            length = _length ?? 0;
            return _length is not null;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(
            Stream stream,
            TransportContext? context,
            CancellationToken cancellationToken
        )
        {
            await _body.CopyToAsync(stream, cancellationToken);
            IsSent = true;
        }
    }
}
