using System.Net.Http.Headers;

namespace Stackmeta.Http;

/// <summary>What a request passes on to whom it is waiting for, so that logs and traces there can be put together with ours.</summary>
/// <param name="RequestId">For OpenStack's services.</param>
/// <param name="TraceParent">W3C trace context; null while nothing is traced.</param>
/// <param name="TraceState">Its second header; null for none.</param>
public sealed record RequestTrail(string RequestId, string? TraceParent, string? TraceState)
{
    public void AddTo(HttpRequestHeaders headers)
    {
        headers.TryAddWithoutValidation(RequestIds.Header, RequestId);
        if (TraceParent is not null)
        {
            headers.TryAddWithoutValidation("traceparent", TraceParent);
            if (TraceState is not null)
            {
                headers.TryAddWithoutValidation("tracestate", TraceState);
            }
        }
    }
}
