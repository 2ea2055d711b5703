using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Http;
using Stackmeta.Metadata;

namespace Stackmeta.Edge;

/// <summary>
/// Passes guests' requests to a metadata agent on its unix socket, ours or Neutron's, as haproxy does: with the header that
/// names the network or router, and the guest's address (spec/neutron-metadata.md §1.2, §3.3).
/// </summary>
/// <remarks>
/// <code>
///  guest ──► head and body read whole ──► identity headers dropped, ours set ──► socket ──► answer streamed back
///                                                                                 │ cannot connect: again, up to Patience, then 503
///                                                                                 │ breaks off before an answer: 502's meaning, 500
///                                                                                 │ silent: 504
///                                                                                 │ for another port than the connection's: cut off
/// </code>
/// </remarks>
public sealed class AgentForwarder : IDisposable
{
    /// <summary>
    /// Less than the shortest wait of a guest that never asks again (spec/guest-clients.md §1.2), so that an agent which is
    /// restarted is not noticed.
    /// </summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>haproxy's <c>timeout server</c> (spec/neutron-metadata.md §1.2).</summary>
    static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(32);

    /// <summary>A host is needed by the form of a URL; the guest's own Host header is what is sent.</summary>
    const string Origin = "http://169.254.169.254";

    readonly string _socket;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly LogThrottle<Refusal> _throttle;
    readonly LogThrottle _cutOff;
    readonly HttpMessageInvoker _kept;

    /// <summary>A connection for each request that must not be sent twice: one that is kept may be given up by the agent meanwhile.</summary>
    readonly HttpMessageInvoker _single;

    /// <param name="socket">The agent's unix socket; it need not be there yet.</param>
    public AgentForwarder(string socket, TimeProvider time, ILogger<AgentForwarder> logger)
    {
        (_socket, _time, _logger) = (socket, time, logger);
        _throttle = new(time);
        _cutOff = new(time);
        _kept = Connections(Timeout.InfiniteTimeSpan);
        _single = Connections(TimeSpan.Zero);
    }

    HttpMessageInvoker Connections(TimeSpan lifetime) =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                UseCookies = false,
                UseProxy = false,
                ActivityHeadersPropagator = null,
                PooledConnectionLifetime = lifetime,
                ConnectCallback = ConnectAsync,
                RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
                ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            }
        );

    /// <summary>Answers one request of a connection that a <see cref="NamespaceListeners"/> accepted.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var arrived = _time.GetTimestamp();
        context.Features.Require<IGuestArrivalFeature>().ShowTo(RequestObservation.Of(context));
        using var step = RequestObservation.Enter(context, PathStep.Upstream);
        try
        {
            var body = await ForwardedRequest.ReadBodyAsync(context);
            var mayRepeat = true;
            for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                var refusal = await TryForwardAsync(context, body, mayRepeat);
                if (refusal is null)
                {
                    // The agent dropped a kept connection while the request was on its way, and no byte of an answer came: once more.
                    mayRepeat = false;
                }
                else if (refusal == Refusal.MetadataApiUnreachable && _time.GetElapsedTime(arrived) + pause < Patience)
                {
                    await Task.Delay(pause, _time, context.RequestAborted);
                }
                else
                {
                    await EndAsync(context, refusal.Value);
                    return;
                }
            }
        }
        catch (Exception e) when (BadRequest.RefusalOf(e) is var refusal and not Refusal.None)
        {
            await EndAsync(context, refusal);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            RequestObservation.Of(context)?.Abandon();
        }
    }

    /// <summary>Sends the request on and its answer back.</summary>
    /// <returns><see cref="Refusal.None"/> when it is answered, why it is not, or null when it may be sent once more at once.</returns>
    async ValueTask<Refusal?> TryForwardAsync(HttpContext context, byte[]? body, bool mayRepeat)
    {
        using var request = ForwardedRequest.Create(context, body, Origin);
        if (request is null)
        {
            return Refusal.RequestMalformed;
        }
        var isSafe = OnwardRequest.IsSafe(request);
        using var deadline = new Deadline(AnswerDeadline, _time, context.RequestAborted);
        try
        {
            using var answer = await (isSafe ? _kept : _single).SendAsync(request, deadline.Source.Token);
            if (!IsForSamePort(context, answer))
            {
                // Whoever has the address now asks on a connection of its own.
                CutOff(context);
                return Refusal.None;
            }
            await OnwardAnswer.WriteAsync(context, answer, ForwardedHeaders.Copy, deadline.Source, AnswerDeadline);
            return Refusal.None;
        }
        catch (HttpRequestException e)
            when (mayRepeat && isSafe && !context.Response.HasStarted && OnwardRequest.WasDropped(e))
        {
            return null;
        }
        catch (Exception e) when (deadline.RefusalOf(e) is { } refusal)
        {
            if (_throttle.MayWrite(refusal, out _))
            {
                Log.AgentUnreachable(_logger, _socket, new BoundedText(e.Message).ToString());
            }
            return refusal;
        }
    }

    /// <summary>Whether the response is for the port that the connection is tied to; it is from now on, if it was to none.</summary>
    /// <remarks>Other agents do not tell.</remarks>
    static bool IsForSamePort(HttpContext context, HttpResponseMessage answer) =>
        !answer.Headers.NonValidated.TryGetValues(IdentityHeaders.Port, out var port)
        || context.Features.Require<IGuestArrivalFeature>().TryBind(port.ToString());

    void CutOff(HttpContext context)
    {
        RequestObservation.Of(context)?.Abandon();
        if (_cutOff.MayWrite(out var suppressed))
        {
            var client = context.Features.Require<IGuestArrivalFeature>();
            Log.CutOff(_logger, client.Peer, client.Scope, suppressed);
        }
        context.Abort();
    }

    static Task EndAsync(HttpContext context, Refusal refusal)
    {
        if (refusal == Refusal.None)
        {
            return Task.CompletedTask;
        }
        if (context.Response.HasStarted)
        {
            // Cut short, so that the guest does not take what it has for the whole.
            context.Abort();
            return Task.CompletedTask;
        }
        return Answer.WriteRefusalAsync(context, refusal);
    }

    async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _kept.Dispose();
        _single.Dispose();
    }
}
