using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Http;

/// <summary>What Kestrel found wrong with a body while it was read.</summary>
public static class BadRequest
{
    /// <summary>
    /// The refusal behind an exception, also where another one is wrapped around it; <see cref="Refusal.None"/> for any other exception.
    /// </summary>
    public static Refusal RefusalOf(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is BadHttpRequestException bad)
            {
                return bad.StatusCode == StatusCodes.Status413PayloadTooLarge
                    ? Refusal.RequestTooLarge
                    : Refusal.RequestMalformed;
            }
        }
        return Refusal.None;
    }

    /// <summary>
    /// Whether nobody waits for a response any more, and an exception says no more than that: the client has ended the connection.
    /// </summary>
    public static bool IsAbandoned(Exception exception, CancellationToken aborted) =>
        exception is ConnectionAbortedException or ConnectionResetException
        || (
            exception is OperationCanceledException or IOException or HttpRequestException
            && aborted.IsCancellationRequested
        );
}
