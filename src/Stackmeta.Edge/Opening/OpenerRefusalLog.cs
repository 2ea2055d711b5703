using System.Net;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;

namespace Stackmeta.Edge;

/// <summary>Tells the operator what an opener refuses, and not more a minute than can be read: who asks may be anybody's by now.</summary>
sealed class OpenerRefusalLog(TimeProvider time, ILogger logger)
{
    readonly LogThrottle<OpenerRefusal> _throttle = new(time);

    /// <summary>Tells of a question that is refused.</summary>
    /// <param name="peer">Who asks.</param>
    public void Tell(
        OpenerRefusal refusal,
        (int Process, uint User) peer,
        string @namespace = "",
        IPEndPoint? endPoint = null
    )
    {
        if (_throttle.MayWrite(refusal, out var suppressed))
        {
            var reason =
                refusal == OpenerRefusal.Stranger
                    ? "it is not the user that may ask, or asks from too many places"
                    : OpenerRefusals.Explain(refusal, @namespace, endPoint);
            Log.OpenerRefused(logger, peer.Process, peer.User, reason, suppressed);
        }
    }
}
