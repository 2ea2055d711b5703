using System.Globalization;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>Lets a guest ask as often as it may, and answers 429 beyond that.</summary>
sealed class RateLimit(GuestLimits limits, IRequestHandler handler, ILogger logger) : IRequestHandler
{
    public ValueTask<Response> HandleAsync(Request request)
    {
        if (!limits.AreRatesLimited)
        {
            return handler.HandleAsync(request);
        }
        var guest = (GuestConnection)request.Connection!;
        return limits.TryAsk(guest.Account, out var retryAfter)
            ? handler.HandleAsync(request)
            : new(Refuse(request, guest, retryAfter));
    }

    Response Refuse(Request request, IGuestPeer guest, TimeSpan retryAfter)
    {
        Log.TooManyRequests(logger, guest.Peer, guest.Scope);
        guest.ShowTo(request.Observation);
        var seconds = Math.Ceiling(retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Response.Of(request, Refusal.TooManyRequests).With("Retry-After", seconds);
    }
}
