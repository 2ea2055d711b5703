using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Stackmeta.Http;

/// <summary>
/// Writes whole answers of what is ordinary ASP.NET: status, Content-Type, Content-Length, and the body unless the method is HEAD.
/// </summary>
public static class Answer
{
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

    static async Task WriteStartedAsync(Task started, HttpResponse response, byte[] body)
    {
        await started;
        response.BodyWriter.Write(body);
    }
}
