using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Http;

/// <summary>
/// As <see cref="GuardedHandler"/>, for what is ordinary ASP.NET. What a client caused, a body that it cut short or a connection that it
/// ended, is answered with its status and told to nobody; what we are at fault for is answered 500 and told in one line, of which there are
/// not more a minute than can be read.
/// </summary>
sealed class GuardedApplication(Func<HttpContext, Task> answer, TimeProvider time, ILogger logger)
{
    readonly LogThrottle _lines = new(time);

    public Task AnswerAsync(HttpContext context)
    {
        Task answering;
        try
        {
            answering = answer(context);
        }
        catch (Exception e)
        {
            return EndAsync(context, e);
        }
        return answering.IsCompletedSuccessfully ? Task.CompletedTask : FinishAsync(context, answering);
    }

    async Task FinishAsync(HttpContext context, Task answering)
    {
        try
        {
            await answering;
        }
        catch (Exception e)
        {
            await EndAsync(context, e);
        }
    }

    Task EndAsync(HttpContext context, Exception exception)
    {
        var refusal = BadRequest.RefusalOf(exception);
        if (refusal == Refusal.None && BadRequest.IsAbandoned(exception, context.RequestAborted))
        {
            context.Abort();
            return Task.CompletedTask;
        }
        if (refusal == Refusal.None)
        {
            Tell(exception);
        }
        if (context.Response.HasStarted)
        {
            // The client must see that the response is cut short, not take it for whole.
            context.Abort();
            return Task.CompletedTask;
        }
        context.Response.Clear();
        // What is left of the request cannot be told from the next one.
        context.Response.Headers.Connection = "close";
        context.Response.StatusCode =
            refusal == Refusal.None ? StatusCodes.Status500InternalServerError : RefusalDescription.Of(refusal).Status;
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    void Tell(Exception exception)
    {
        if (!_lines.MayWrite(out var suppressed))
        {
            return;
        }
        var cause = exception.GetBaseException();
        Log.RequestFailed(logger, cause.GetType().Name, new BoundedText(cause.Message), suppressed);
        Log.RequestFailure(logger, exception);
    }
}
