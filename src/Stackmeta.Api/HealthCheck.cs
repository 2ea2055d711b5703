using Microsoft.AspNetCore.Http;
using Stackmeta.Documents;
using Stackmeta.Http;

namespace Stackmeta.Api;

/// <summary>Debian's health check: that the process answers, nothing more (spec/nova-metadata.md §8.5).</summary>
static class HealthCheck
{
    public static bool IsAsked(Request request) => MetadataDocument.IsReadAs(request.Target, "/healthcheck"u8);

    public static Response Answer(Request request, string? disableFile)
    {
        var disabled = disableFile is not null && File.Exists(disableFile);
        var status = disabled ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        if (request.IsHead)
        {
            status = disabled ? status : StatusCodes.Status204NoContent;
            return Response.Of(request, status, contentType: null, default) with { Length = null };
        }
        request.Buffer.Clear();
        var contentType = HealthPage.Render(
            disabled ? "DISABLED BY FILE" : "OK",
            request.Headers["Accept"].ToString(),
            request.Buffer
        );
        return Response.Of(request, status, contentType, request.Buffer.Written);
    }
}
