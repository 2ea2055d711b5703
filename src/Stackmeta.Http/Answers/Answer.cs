using System.Buffers;
using Microsoft.AspNetCore.Http;
using Stackmeta.Metadata;

namespace Stackmeta.Http;

/// <summary>Writes whole answers: status, Content-Type, Content-Length, and the body unless the method is HEAD.</summary>
public static class Answer
{
    /// <summary>Seconds that a caller is asked to wait after a 503. cloud-init from 24.4.1 on takes it by the letter; 0 would make it give up.</summary>
    public const string RetryAfterSeconds = "2";

    /// <summary>Answers with a body that is at hand.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The status code.</param>
    /// <param name="contentType">Null for an answer without Content-Type.</param>
    /// <param name="body">Copied before this returns.</param>
    public static Task WriteAsync(HttpContext context, int status, string? contentType, ReadOnlySpan<byte> body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (body.IsEmpty || RequestMethod.IsHead(context))
        {
            return Task.CompletedTask;
        }
        // Once started, what is written goes straight into the connection's pipe and is sent when the request ends: one flush.
        var started = response.StartAsync(context.RequestAborted);
        if (!started.IsCompletedSuccessfully)
        {
            return WriteStartedAsync(started, response, body.ToArray());
        }
        response.BodyWriter.Write(body);
        return Task.CompletedTask;
    }

    /// <summary>Answers with the error page of a refusal, in the form that the caller accepts.</summary>
    /// <param name="context">The request.</param>
    /// <param name="refusal">Why there is no answer.</param>
    /// <param name="explanation">The sentence on the page; null for the refusal's own.</param>
    public static Task WriteRefusalAsync(HttpContext context, Refusal refusal, string? explanation = null)
    {
        RequestObservation.Of(context)?.Refuse(refusal);
        var description = RefusalDescription.Of(refusal);
        if (description.Status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
        }
        if (RequestMethod.IsHead(context))
        {
            // Nova answers so whatever is accepted (spec/nova-metadata.md §1.5).
            context.Response.StatusCode = description.Status;
            context.Response.ContentType = ContentTypes.Html;
            return Task.CompletedTask;
        }
        var page = new ArrayBufferWriter<byte>(initialCapacity: 512);
        var contentType = ErrorPage.Render(
            description.Status,
            explanation ?? description.Explanation,
            context.Request.Headers.Accept.ToString(),
            page
        );
        return WriteAsync(context, description.Status, contentType, page.WrittenSpan);
    }

    static async Task WriteStartedAsync(Task started, HttpResponse response, byte[] body)
    {
        await started;
        response.BodyWriter.Write(body);
    }
}
