using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Stackmeta.Http;

/// <summary>Passes the next hop's answer on to the guest: status, the headers that the hop lets through, body bytes.</summary>
public static class OnwardAnswer
{
    /// <summary>So much of a body is read before the answer begins. What fails until then is still answered properly.</summary>
    const int ReadAhead = 64 * 1024;

    /// <summary>Writes the answer. What it throws before the response has started may still be answered otherwise.</summary>
    /// <param name="context">The guest's request.</param>
    /// <param name="answer">The next hop's answer, its body unread.</param>
    /// <param name="copyHeaders">Gives the guest's answer those headers that are passed on.</param>
    /// <param name="deadline">Fires when the next hop is silent for too long; set anew for each wait.</param>
    /// <param name="pause">How long it may be silent once the answer has begun.</param>
    public static async ValueTask WriteAsync(
        HttpContext context,
        HttpResponseMessage answer,
        Action<HttpResponseMessage, IHeaderDictionary> copyHeaders,
        CancellationTokenSource deadline,
        TimeSpan pause
    )
    {
        var length = answer.Content.Headers.ContentLength;
        if (answer.RequestMessage?.Method == HttpMethod.Head)
        {
            // "head" went on as HEAD, but Kestrel frames an answer to it as to any other method.
            CopyHead(context, answer, copyHeaders, RequestMethod.IsHead(context) ? length : 0);
            return;
        }
        if ((int)answer.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified)
        {
            CopyHead(context, answer, copyHeaders, length: null);
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
            CopyHead(context, answer, copyHeaders, isWhole ? count : length);
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
            // The guest's pauses are Kestrel's business, the next hop's are ours.
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

    static void CopyHead(
        HttpContext context,
        HttpResponseMessage answer,
        Action<HttpResponseMessage, IHeaderDictionary> copyHeaders,
        long? length
    )
    {
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        copyHeaders(answer, response.Headers);
        response.ContentLength = length;
    }
}
