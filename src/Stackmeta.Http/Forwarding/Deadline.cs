using Stackmeta.Core.Refusals;

namespace Stackmeta.Http;

/// <summary>The time that the next hop has, within the time that the guest gives.</summary>
public sealed class Deadline : IDisposable
{
    readonly CancellationToken _guest;
    readonly CancellationTokenRegistration _registration;

    /// <param name="limit">How long the next hop may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="guest">Fires when the guest goes away.</param>
    public Deadline(TimeSpan limit, TimeProvider time, CancellationToken guest)
    {
        _guest = guest;
        Source = new CancellationTokenSource(limit, time);
        _registration = guest.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), Source);
    }

    /// <summary>Fires when either ends; may be set anew.</summary>
    public CancellationTokenSource Source { get; }

    public void Dispose()
    {
        _registration.Dispose();
        Source.Dispose();
    }

    /// <summary>What a failure to forward means; null when the guest went away, or for what is not the next hop's fault.</summary>
    public Refusal? RefusalOf(Exception exception) =>
        exception switch
        {
            _ when _guest.IsCancellationRequested => null,
            // The handler's own connect timeout looks like a cancellation, too.
            OperationCanceledException { InnerException: TimeoutException } when !Source.IsCancellationRequested =>
                Refusal.MetadataApiUnreachable,
            OperationCanceledException when Source.IsCancellationRequested => Refusal.MetadataApiSilent,
            HttpRequestException
            {
                HttpRequestError: HttpRequestError.NameResolutionError
                    or HttpRequestError.ConnectionError
                    or HttpRequestError.SecureConnectionError
            } => Refusal.MetadataApiUnreachable,
            HttpRequestException or IOException when BadRequest.RefusalOf(exception) == Refusal.None =>
                Refusal.MetadataApiFailed,
            _ => null,
        };
}
