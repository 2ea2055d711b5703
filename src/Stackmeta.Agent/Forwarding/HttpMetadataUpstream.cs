using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Http;
using Stackmeta.Metadata;

namespace Stackmeta.Agent;

/// <summary>A metadata API behind HTTP: the stock nova-api-metadata, or ours in another process.</summary>
public sealed class HttpMetadataUpstream : IMetadataUpstream, IDisposable
{
    readonly UpstreamOptions _options;
    readonly InstanceSignature _signature;
    readonly TimeProvider _time;
    readonly ILogger _logger;

    // What may be sent twice goes on connections that are kept; the rest each on one of its own, which the API cannot have closed meanwhile.
    readonly HttpMessageInvoker _kept;
    readonly HttpMessageInvoker _single;
    readonly string _origin;
    readonly LogThrottle<Refusal> _troubles;
    readonly LogThrottle<Refusal> _rejections;

    public HttpMetadataUpstream(UpstreamOptions options, InstanceSignature signature, TimeProvider time, ILogger logger)
    {
        _options = options;
        _signature = signature;
        _time = time;
        _logger = logger;
        _kept = UpstreamConnections.Create(options, UpstreamConnections.KeptLifetime);
        _single = UpstreamConnections.Create(options, TimeSpan.Zero);
        _origin = options.Api.GetLeftPart(UriPartial.Authority);
        _troubles = new(time);
        _rejections = new(time, linesPerMinute: 1);
    }

    public void Dispose()
    {
        _kept.Dispose();
        _single.Dispose();
    }

    public async ValueTask<UpstreamAnswer> ForwardAsync(HttpContext context, RequestIdentity identity, long arrived)
    {
        using var step = RequestObservation.Enter(context, PathStep.Upstream);
        using var deadline = DeadlineOf(context, arrived);
        for (var mayRepeat = true; ; mayRepeat = false)
        {
            using var request = await ForwardedRequest.CreateAsync(context, identity, _signature, _origin);
            if (request is null)
            {
                return Refusal.RequestMalformed;
            }
            try
            {
                return await SendAsync(context, request, arrived, deadline);
            }
            catch (HttpRequestException e)
                when (mayRepeat
                    && OnwardRequest.IsSafe(request)
                    && !context.Response.HasStarted
                    && OnwardRequest.WasDropped(e)
                )
            {
                // The API closed a kept connection while the request was on its way. No byte of an answer came: once more.
            }
            catch (Exception e) when (!context.Response.HasStarted && deadline.RefusalOf(e) is { } refusal)
            {
                if (refusal == Refusal.MetadataApiFailed && RequestBody.IsUnfinished(request))
                {
                    // It closed in the middle of more than any guest has to say: it had enough.
                    return Refusal.RequestTooLarge;
                }
                TellTrouble(refusal, e);
                return refusal;
            }
        }
    }

    async ValueTask<UpstreamAnswer> SendAsync(
        HttpContext context,
        HttpRequestMessage request,
        long arrived,
        Deadline deadline
    )
    {
        var connections = OnwardRequest.IsSafe(request) ? _kept : _single;
        var answer = await connections.SendAsync(request, deadline.Source.Token);
        if (answer.StatusCode == HttpStatusCode.NotFound && RequestBody.IsRepeatable(request))
        {
            return new(Refusal.InstanceNotFound, new HeldAnswer(this, answer, arrived));
        }
        using (answer)
        {
            if (
                answer.StatusCode == HttpStatusCode.Forbidden
                && _rejections.MayWrite(Refusal.SharedSecretRejected, out _)
            )
            {
                Log.SecretRejected(_logger, _options.Api, (int)answer.StatusCode);
            }
            await PassOnAsync(context, answer, deadline);
            return Refusal.None;
        }
    }

    ValueTask PassOnAsync(HttpContext context, HttpResponseMessage answer, Deadline deadline) =>
        OnwardAnswer.WriteAsync(context, answer, ForwardedHeaders.Copy, deadline.Source, _options.PauseDeadline);

    /// <summary>What this attempt has, of what the guest's proxy gives all of them together.</summary>
    Deadline DeadlineOf(HttpContext context, long arrived)
    {
        var left = _options.WholeDeadline - _time.GetElapsedTime(arrived);
        left = left < _options.AnswerDeadline ? left : _options.AnswerDeadline;
        return new(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time, context.RequestAborted);
    }

    void TellTrouble(Refusal refusal, Exception cause)
    {
        if (_troubles.MayWrite(refusal, out var suppressed))
        {
            var what = refusal switch
            {
                Refusal.MetadataApiUnreachable => "cannot be reached",
                Refusal.MetadataApiSilent => "did not answer in time",
                _ => "broke off",
            };
            Log.ApiTrouble(_logger, _options.Api, what, new BoundedText(cause.GetBaseException().Message), suppressed);
        }
    }

    /// <summary>A 404 that waits until the agent has looked the port up again.</summary>
    sealed class HeldAnswer(HttpMetadataUpstream upstream, HttpResponseMessage answer, long arrived) : IHeldAnswer
    {
        public void Dispose() => answer.Dispose();

        public async ValueTask<Refusal> GiveAsync(HttpContext context)
        {
            using var whole = answer;
            using var deadline = upstream.DeadlineOf(context, arrived);
            try
            {
                await upstream.PassOnAsync(context, answer, deadline);
                return Refusal.None;
            }
            catch (Exception e) when (!context.Response.HasStarted && deadline.RefusalOf(e) is { } refusal)
            {
                upstream.TellTrouble(refusal, e);
                return refusal;
            }
        }
    }
}
