using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;

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
public sealed class AgentForwarder : IRequestHandler, IDisposable
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
    readonly UpstreamTargets _targets = new("http://169.254.169.254");

    readonly string _socket;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly LogThrottle<Refusal> _throttle;
    readonly LogThrottle _cutOff;
    readonly HttpMessageInvoker _kept;

    /// <summary>
    /// A connection for each request that must not be sent twice: one that is kept may be given up by the agent meanwhile.
    /// </summary>
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

    /// <summary>The response to a request of a connection that a <see cref="NamespaceListeners"/> accepted.</summary>
    public async ValueTask<Response> HandleAsync(Request request)
    {
        var arrived = _time.GetTimestamp();
        var guest = (IGuestPeer)request.Client!;
        guest.ShowTo(request.Observation);
        using var step = request.Enter(PathStep.Upstream);
        try
        {
            var body = await ForwardedRequest.ReadBodyAsync(request);
            var mayRepeat = true;
            for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                var (refusal, response) = await TryForwardAsync(request, guest, body, mayRepeat);
                if (refusal == Refusal.None)
                {
                    return response;
                }
                if (refusal is null)
                {
                    // The agent dropped a kept connection while the request was on its way, and no byte of an answer came: once more.
                    mayRepeat = false;
                }
                else if (refusal == Refusal.MetadataApiUnreachable && _time.GetElapsedTime(arrived) + pause < Patience)
                {
                    await Task.Delay(pause, _time, request.Aborted);
                }
                else
                {
                    return Response.Of(request, refusal.Value);
                }
            }
        }
        catch (Exception e) when (BadRequest.RefusalOf(e) is var refusal and not Refusal.None)
        {
            return Response.Of(request, refusal);
        }
        catch (OperationCanceledException) when (request.Aborted.IsCancellationRequested)
        {
            request.Observation?.Abandon();
            return Response.CutOff;
        }
    }

    /// <summary>Sends the request on.</summary>
    /// <returns><see cref="Refusal.None"/> and the response; why there is none; or null when the request may be sent once more at
    /// once.</returns>
    async ValueTask<(Refusal? Refusal, Response Response)> TryForwardAsync(
        Request request,
        IGuestPeer guest,
        byte[]? body,
        bool mayRepeat
    )
    {
        using var onward = ForwardedRequest.Create(request, guest, body, _targets);
        if (onward is null)
        {
            return (Refusal.RequestMalformed, default);
        }
        var isSafe = UpstreamRequest.IsSafe(onward);
        var deadline = new Deadline(AnswerDeadline, _time, request.Aborted);
        HttpResponseMessage? answer = null;
        try
        {
            answer = await (isSafe ? _kept : _single).SendAsync(onward, deadline.Source.Token);
            if (!IsForSamePort(guest, answer))
            {
                // Whoever has the address now asks on a connection of its own.
                answer.Dispose();
                deadline.Dispose();
                return (Refusal.None, CutOff(request, guest));
            }
            var headers = ForwardedHeaders.Of(answer);
            return (
                Refusal.None,
                await RelayedResponse.ReadAsync(request, answer, headers, deadline, AnswerDeadline, Tell)
            );
        }
        catch (Exception e)
        {
            answer?.Dispose();
            var refusal = deadline.RefusalOf(e);
            deadline.Dispose();
            if (mayRepeat && isSafe && e is HttpRequestException failed && UpstreamRequest.WasDropped(failed))
            {
                return (null, default);
            }
            if (refusal is null)
            {
                throw;
            }
            TellUnreachable(refusal.Value, e);
            return (refusal, default);
        }

        void Tell(Exception e) => TellUnreachable(Refusal.MetadataApiFailed, e);
    }

    void TellUnreachable(Refusal refusal, Exception exception)
    {
        if (_throttle.MayWrite(refusal, out _))
        {
            Log.AgentUnreachable(_logger, _socket, new BoundedText(exception.Message).ToString());
        }
    }

    /// <summary>Whether the response is for the port that the connection is tied to; it is from now on, if it was to none.</summary>
    /// <remarks>Other agents do not tell.</remarks>
    static bool IsForSamePort(IGuestPeer guest, HttpResponseMessage answer) =>
        !answer.Headers.NonValidated.TryGetValues(IdentityHeaders.Port, out var port) || guest.TryBind(port.ToString());

    Response CutOff(Request request, IGuestPeer guest)
    {
        request.Observation?.Abandon();
        if (_cutOff.MayWrite(out var suppressed))
        {
            Log.CutOff(_logger, guest.Peer, guest.Scope, suppressed);
        }
        return Response.CutOff;
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
