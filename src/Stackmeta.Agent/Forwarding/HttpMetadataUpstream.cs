using System.Net;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta.Agent;

/// <summary>A metadata API behind HTTP: the stock nova-api-metadata, or ours in another process.</summary>
public sealed class HttpMetadataUpstream : IMetadataUpstream, IDisposable
{
    readonly UpstreamOptions _options;
    readonly InstanceSignature _signature;
    readonly TimeProvider _time;
    readonly ILogger _logger;

    // What may be sent twice goes on connections that are kept; the rest each on one of its own, which the API cannot have closed
    // meanwhile.
    readonly HttpMessageInvoker _kept;
    readonly HttpMessageInvoker _single;
    readonly UpstreamTargets _targets;
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
        _targets = new(options.Api.GetLeftPart(UriPartial.Authority));
        _troubles = new(time);
        _rejections = new(time, linesPerMinute: 1);
    }

    public void Dispose()
    {
        _kept.Dispose();
        _single.Dispose();
    }

    public async ValueTask<UpstreamResult> ForwardAsync(Request request, RequestIdentity identity, long arrived)
    {
        using var step = request.Enter(PathStep.Upstream);
        for (var mayRepeat = true; ; mayRepeat = false)
        {
            using var onward = await ForwardedRequest.CreateAsync(request, identity, _signature, _targets);
            if (onward is null)
            {
                return Refusal.RequestMalformed;
            }
            var deadline = DeadlineOf(request, arrived);
            try
            {
                return await SendAsync(request, onward, arrived, deadline);
            }
            catch (HttpRequestException e)
                when (mayRepeat && UpstreamRequest.IsSafe(onward) && UpstreamRequest.WasDropped(e))
            {
                // The API closed a kept connection while the request was on its way. No byte of an answer came: once more.
                deadline.Dispose();
            }
            catch (Exception e) when (deadline.RefusalOf(e) is { } refusal)
            {
                deadline.Dispose();
                if (refusal == Refusal.MetadataApiFailed && RequestBody.IsUnfinished(onward))
                {
                    // It closed in the middle of more than any guest has to say: it had enough.
                    return Refusal.RequestTooLarge;
                }
                TellTrouble(refusal, e);
                return refusal;
            }
        }
    }

    /// <summary>Sends it; the deadline is disposed of with the response, or by the caller when this throws.</summary>
    async ValueTask<UpstreamResult> SendAsync(
        Request request,
        HttpRequestMessage onward,
        long arrived,
        Deadline deadline
    )
    {
        var connections = UpstreamRequest.IsSafe(onward) ? _kept : _single;
        var answer = await connections.SendAsync(onward, deadline.Source.Token);
        if (answer.StatusCode == HttpStatusCode.NotFound && RequestBody.IsRepeatable(onward))
        {
            deadline.Dispose();
            return new(Refusal.InstanceNotFound, Held: new DeferredResponse(this, answer, arrived));
        }
        if (answer.StatusCode == HttpStatusCode.Forbidden && _rejections.MayWrite(Refusal.SharedSecretRejected, out _))
        {
            Log.SecretRejected(_logger, _options.Api, (int)answer.StatusCode);
        }
        return await PassOnAsync(request, answer, deadline);
    }

    async ValueTask<Response> PassOnAsync(Request request, HttpResponseMessage answer, Deadline deadline)
    {
        try
        {
            return await RelayedResponse.ReadAsync(
                request,
                answer,
                ForwardedHeaders.Of(answer),
                deadline,
                _options.PauseDeadline,
                broken: e => TellTrouble(deadline.RefusalOf(e) ?? Refusal.None, e)
            );
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    /// <summary>What this attempt has, of what the guest's proxy gives all of them together.</summary>
    Deadline DeadlineOf(Request request, long arrived)
    {
        var left = _options.WholeDeadline - _time.GetElapsedTime(arrived);
        left = left < _options.AnswerDeadline ? left : _options.AnswerDeadline;
        return new(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time, request.Aborted);
    }

    void TellTrouble(Refusal refusal, Exception cause)
    {
        if (refusal != Refusal.None && _troubles.MayWrite(refusal, out var suppressed))
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
    sealed class DeferredResponse(HttpMetadataUpstream upstream, HttpResponseMessage answer, long arrived)
        : IDeferredResponse
    {
        bool _isTaken;

        public void Dispose()
        {
            if (!_isTaken)
            {
                answer.Dispose();
            }
        }

        public async ValueTask<UpstreamResult> TakeAsync(Request request)
        {
            _isTaken = true;
            var deadline = upstream.DeadlineOf(request, arrived);
            try
            {
                return await upstream.PassOnAsync(request, answer, deadline);
            }
            catch (Exception e) when (deadline.RefusalOf(e) is { } refusal)
            {
                deadline.Dispose();
                upstream.TellTrouble(refusal, e);
                return refusal;
            }
        }
    }
}
