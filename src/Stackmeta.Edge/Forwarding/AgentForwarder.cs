using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
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
/// </code>
/// </remarks>
public sealed class AgentForwarder : IDisposable
{
    /// <summary>
    /// Less than the shortest wait of a guest that never asks again (design: patience), so that an agent which is
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
    readonly RefusalThrottle _throttle;
    readonly HttpMessageInvoker _agent;

    /// <param name="socket">The agent's unix socket; it need not be there yet.</param>
    public AgentForwarder(string socket, TimeProvider time, ILogger<AgentForwarder> logger)
    {
        (_socket, _time, _logger) = (socket, time, logger);
        _throttle = new(time);
        _agent = new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                UseCookies = false,
                UseProxy = false,
                ActivityHeadersPropagator = null,
                ConnectCallback = ConnectAsync,
                RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
                ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            }
        );
    }

    /// <summary>Answers one request of a connection that a <see cref="NamespaceListeners"/> accepted.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var arrived = _time.GetTimestamp();
        context.Features.GetRequiredFeature<IGuestArrivalFeature>().ShowTo(RequestObservation.Of(context));
        using var step = RequestObservation.Enter(context, PathStep.Upstream);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        try
        {
            var body = await ForwardedRequest.ReadBodyAsync(context);
            for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                if (ForwardedRequest.Create(context, body, Origin) is not { } request)
                {
                    await Answer.WriteRefusalAsync(context, Refusal.RequestMalformed);
                    return;
                }
                using (request)
                {
                    try
                    {
                        deadline.CancelAfter(AnswerDeadline);
                        using var answer = await _agent.SendAsync(request, deadline.Token);
                        deadline.CancelAfter(Timeout.InfiniteTimeSpan);
                        await ForwardedAnswer.WriteAsync(context, answer);
                        return;
                    }
                    catch (HttpRequestException e)
                        when (e.HttpRequestError == HttpRequestError.ConnectionError
                            && _time.GetElapsedTime(arrived) + pause < Patience
                        )
                    {
                        await Task.Delay(pause, _time, context.RequestAborted);
                    }
                }
            }
        }
        catch (Exception e) when (RefusalOf(e, context) is { } refusal)
        {
            await RefuseAsync(context, refusal, e);
        }
        catch (OperationCanceledException)
        {
            RequestObservation.Of(context)?.Abandon();
        }
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

    static Refusal? RefusalOf(Exception exception, HttpContext context) =>
        exception switch
        {
            _ when context.RequestAborted.IsCancellationRequested => null,
            BadHttpRequestException bad => BadRequest.RefusalOf(bad),
            OperationCanceledException => Refusal.MetadataApiSilent,
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } =>
                Refusal.MetadataApiUnreachable,
            HttpRequestException or IOException => Refusal.MetadataApiFailed,
            _ => null,
        };

    Task RefuseAsync(HttpContext context, Refusal refusal, Exception cause)
    {
        if (cause is not BadHttpRequestException && _throttle.MayWrite(refusal, out _))
        {
            Log.AgentUnreachable(_logger, _socket, new BoundedText(cause.Message).ToString());
        }
        if (context.Response.HasStarted)
        {
            // Cut short, so that the guest does not take what it has for the whole.
            context.Abort();
            return Task.CompletedTask;
        }
        return Answer.WriteRefusalAsync(context, refusal);
    }

    public void Dispose() => _agent.Dispose();
}
