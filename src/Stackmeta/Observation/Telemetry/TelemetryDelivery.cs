using Microsoft.Extensions.Logging;

namespace Stackmeta;

/// <summary>The connections to a collector, which say once when it does not take what it is sent, and once when it does again.</summary>
sealed class TelemetryDelivery(string endpoint, ILogger logger)
{
    // By Interlocked: 1 while the collector takes nothing.
    int _isInTrouble;

    public HttpMessageHandler CreateHandler() =>
        new Telling(
            this,
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                ActivityHeadersPropagator = null,
            }
        );

    void Taken()
    {
        if (Interlocked.Exchange(ref _isInTrouble, 0) == 1)
        {
            Log.TelemetryTakenAgain(logger, endpoint);
        }
    }

    void NotTaken(string reason)
    {
        if (Interlocked.Exchange(ref _isInTrouble, 1) == 0)
        {
            Log.TelemetryNotTaken(logger, endpoint, reason);
        }
    }

    sealed class Telling(TelemetryDelivery delivery, HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        // The exporter asks without waiting for threads of others.
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                return Told(base.Send(request, cancellationToken));
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                delivery.NotTaken(Reason(e));
                throw;
            }
        }

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            try
            {
                return Told(await base.SendAsync(request, cancellationToken));
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                delivery.NotTaken(Reason(e));
                throw;
            }
        }

        HttpResponseMessage Told(HttpResponseMessage answer)
        {
            if (answer.IsSuccessStatusCode)
            {
                delivery.Taken();
            }
            else
            {
                delivery.NotTaken($"it answered {(int)answer.StatusCode}");
            }
            return answer;
        }

        static string Reason(Exception e) =>
            e is OperationCanceledException ? "it did not answer in time" : e.GetBaseException().Message;
    }
}
