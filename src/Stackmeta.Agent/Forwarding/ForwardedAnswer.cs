using System.Buffers;
using System.Collections.Frozen;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Stackmeta.Http;

namespace Stackmeta.Agent;

/// <summary>Passes the API's answer on to the guest: status, body bytes, and the headers that say what the body is (spec/neutron-metadata.md §3.7, Target).</summary>
static class ForwardedAnswer
{
    /// <summary>So much of a body is read before the answer begins. What fails until then is still answered properly.</summary>
    const int ReadAhead = 64 * 1024;

    static readonly FrozenSet<string> PassedHeaders = new[]
    {
        "Content-Type",
        "Content-Encoding",
        "Content-Language",
        "Content-Disposition",
        "Retry-After",
        "Location",
        "Allow",
        "WWW-Authenticate",
        "Cache-Control",
        "ETag",
        "Last-Modified",
        "Vary",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Writes the answer. What it throws before the response has started may still be answered otherwise.</summary>
    /// <param name="context">The guest's request.</param>
    /// <param name="answer">The API's answer, its body unread.</param>
    /// <param name="deadline">Fires when the API is silent for too long; set anew for each wait.</param>
    /// <param name="pause">How long it may be silent once the answer has begun.</param>
    public static async ValueTask WriteAsync(
        HttpContext context,
        HttpResponseMessage answer,
        CancellationTokenSource deadline,
        TimeSpan pause
    )
    {
        var length = answer.Content.Headers.ContentLength;
        if (answer.RequestMessage?.Method == HttpMethod.Head)
        {
            // "head" went on as HEAD, but Kestrel frames an answer to it as to any other method.
            CopyHead(context, answer, RequestMethod.IsHead(context) ? length : 0);
            return;
        }
        if ((int)answer.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified)
        {
            CopyHead(context, answer, length: null);
            return;
        }

        await using var body = await answer.Content.ReadAsStreamAsync(deadline.Token);
        var ahead = ArrayPool<byte>.Shared.Rent((int)Math.Min(length ?? ReadAhead, ReadAhead) + 1);
        try
        {
            var count = await body.ReadAtLeastAsync(
                ahead,
                (int)Math.Min(length ?? ReadAhead, ReadAhead),
                throwOnEndOfStream: false,
                deadline.Token
            );
            var isWhole = count == length || (length is null && count < ReadAhead);
            CopyHead(context, answer, isWhole ? count : length);
            await context.Response.StartAsync(context.RequestAborted);
            context.Response.BodyWriter.Write(ahead.AsSpan(0, count));
            if (!isWhole)
            {
                await StreamRestAsync(context, body, deadline, pause);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(ahead);
        }
    }

    static async ValueTask StreamRestAsync(
        HttpContext context,
        Stream body,
        CancellationTokenSource deadline,
        TimeSpan pause
    )
    {
        var writer = context.Response.BodyWriter;
        while (true)
        {
            // The guest's pauses are Kestrel's business, the API's are ours.
            deadline.CancelAfter(Timeout.InfiniteTimeSpan);
            var flushed = await writer.FlushAsync(context.RequestAborted);
            if (flushed.IsCompleted)
            {
                return;
            }
            deadline.CancelAfter(pause);
            var count = await body.ReadAsync(writer.GetMemory(), deadline.Token);
            if (count == 0)
            {
                return;
            }
            writer.Advance(count);
        }
    }

    static void CopyHead(HttpContext context, HttpResponseMessage answer, long? length)
    {
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        Copy(answer.Headers.NonValidated, response.Headers);
        Copy(answer.Content.Headers.NonValidated, response.Headers);
        response.ContentLength = length;
    }

    static void Copy(HttpHeadersNonValidated from, IHeaderDictionary to)
    {
        foreach (var (name, values) in from)
        {
            if (!PassedHeaders.Contains(name))
            {
                continue;
            }
            foreach (var value in values)
            {
                if (!value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                {
                    to.Append(name, value);
                }
            }
        }
    }
}
