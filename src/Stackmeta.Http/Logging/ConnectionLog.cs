using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;

namespace Stackmeta.Http;

/// <summary>
/// What a server says of its connections. Clients cause these lines, so each kind is throttled, over all places together.
/// </summary>
public sealed class ConnectionLog(TimeProvider time, ILogger logger)
{
    readonly LogThrottle<int> _accepts = new(time);
    readonly LogThrottle _connections = new(time);
    readonly LogThrottle _answers = new(time);
    readonly LogThrottle _unheard = new(time);

    /// <param name="place">Where, as in the log.</param>
    /// <param name="error">The system's error number.</param>
    internal void AcceptFailed(string place, int error)
    {
        if (_accepts.MayWrite(error, out var suppressed))
        {
            Log.AcceptFailed(logger, place, Marshal.GetPInvokeErrorMessage(error), suppressed);
        }
    }

    internal void ConnectionFailed(string place, Exception exception)
    {
        if (_connections.MayWrite(out var suppressed))
        {
            Log.ConnectionFailed(logger, place, FailureText.Of(exception), suppressed);
            Log.FailureDetails(logger, exception);
        }
    }

    internal void AnswerFailed(string place, Exception exception)
    {
        if (_answers.MayWrite(out var suppressed))
        {
            Log.AnswerFailed(logger, place, FailureText.Of(exception), suppressed);
            Log.FailureDetails(logger, exception);
        }
    }

    internal void Unheard(string place, string reason)
    {
        if (_unheard.MayWrite(out var suppressed))
        {
            Log.ConnectionUnheard(logger, place, reason, suppressed);
        }
    }
}
