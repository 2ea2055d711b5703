using System.Buffers;
using Microsoft.AspNetCore.Http;
using Stackmeta.Http;
using Stackmeta.Metadata;

namespace Stackmeta.Api;

/// <summary>Debian's health check: that the process answers, nothing more (spec/nova-metadata.md §8.5).</summary>
static class HealthCheck
{
    public static bool IsAsked(HttpContext context) =>
        MetadataDocument.IsReadAs(RequestTarget.Of(context), "/healthcheck"u8);

    public static Task AnswerAsync(HttpContext context, string? disableFile)
    {
        var disabled = disableFile is not null && File.Exists(disableFile);
        if (RequestMethod.IsHead(context))
        {
            context.Response.StatusCode = disabled
                ? StatusCodes.Status503ServiceUnavailable
                : StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }
        var page = new ArrayBufferWriter<byte>(initialCapacity: 512);
        var contentType = HealthPage.Render(
            disabled ? "DISABLED BY FILE" : "OK",
            context.Request.Headers.Accept.ToString(),
            page
        );
        return Answer.WriteAsync(
            context,
            disabled ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK,
            contentType,
            page.WrittenSpan
        );
    }
}
