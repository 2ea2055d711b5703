using System.Buffers;
using Microsoft.AspNetCore.Http;
using Stackmeta.Http;

namespace Stackmeta.WebConsole;

/// <summary>Pictures as server-sent events (WHATWG HTML §9.2), which browsers ask for anew by themselves when they break off.</summary>
static class EventStream
{
    public static async Task WriteAsync(HttpContext context, PathWatch watch)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        if (RequestMethod.IsHead(context))
        {
            return;
        }
        await response.StartAsync(context.RequestAborted);
        // Milliseconds until a browser tries again.
        response.BodyWriter.Write("retry: 1000\n\n"u8);
        await response.BodyWriter.FlushAsync(context.RequestAborted);
        try
        {
            await foreach (var picture in watch.PicturesAsync(context.RequestAborted))
            {
                response.BodyWriter.Write("data: "u8);
                response.BodyWriter.Write(picture.Span);
                response.BodyWriter.Write("\n\n"u8);
                await response.BodyWriter.FlushAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The page has gone, or the console ends.
        }
    }
}
