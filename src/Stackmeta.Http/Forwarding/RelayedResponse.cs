using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Stackmeta.Http;

/// <summary>Makes the guest's response of the next hop's: status, the headers that the hop lets through, body bytes.</summary>
public static class RelayedResponse
{
    /// <summary>So much of a body is read before the response begins. What fails until then is still answered properly.</summary>
    const int ReadAhead = 64 * 1024;

    /// <summary>Makes it. What this throws may still be answered otherwise.</summary>
    /// <param name="request">The guest's request.</param>
    /// <param name="answer">The next hop's response, its body unread. Disposed of with this response, at once or with its
    /// <see cref="Response.Rest"/>.</param>
    /// <param name="headers">Those that are passed on.</param>
    /// <param name="deadline">Fires when the next hop is silent for too long; set anew for each wait. Disposed of as
    /// <paramref name="answer"/> is.</param>
    /// <param name="pause">How long it may be silent once the response has begun.</param>
    /// <param name="broken">Told of what ends the body too early.</param>
    public static async ValueTask<Response> ReadAsync(
        Request request,
        HttpResponseMessage answer,
        List<KeyValuePair<string, StringValues>> headers,
        Deadline deadline,
        TimeSpan pause,
        Action<Exception> broken
    )
    {
        var length = answer.Content.Headers.ContentLength;
        var response = new Response { Status = (int)answer.StatusCode, Headers = headers };
        request.Observation?.Answer(response.Status);
        if (answer.RequestMessage?.Method == HttpMethod.Head)
        {
            // "head" went on as HEAD, but a response to it is framed as to any other method.
            return End(response with { Length = request.IsHead ? length : 0 }, answer, deadline);
        }
        if (response.Status is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified)
        {
            return End(response, answer, deadline);
        }
        var body = await answer.Content.ReadAsStreamAsync(deadline.Source.Token);
        var wanted = (int)Math.Min(length ?? ReadAhead, ReadAhead);
        request.Buffer.Clear();
        var ahead = request.Buffer.GetMemory(wanted + 1)[..(wanted + 1)];
        var count = await body.ReadAtLeastAsync(ahead, wanted, throwOnEndOfStream: false, deadline.Source.Token);
        response = response with { Body = ahead[..count] };
        if (count == length || (length is null && count < ReadAhead))
        {
            return End(response with { Length = count }, answer, deadline);
        }
        // How long the guest takes is no pause of the next hop's.
        deadline.Source.CancelAfter(Timeout.InfiniteTimeSpan);
        return response with { Length = length, Rest = new RelayedBody(body, answer, deadline, pause, broken) };
    }

    static Response End(Response response, HttpResponseMessage answer, Deadline deadline)
    {
        answer.Dispose();
        deadline.Dispose();
        return response;
    }
}
