namespace Stackmeta;

/// <summary>A hop of the path while it runs.</summary>
interface IHop : IAsyncDisposable
{
    /// <summary>Takes no new requests, lets those under way end, and returns when all have ended or the token fires.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}
