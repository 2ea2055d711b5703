namespace Stackmeta.Http;

/// <summary>Is told of each request when it is over. Called on the request's own thread: it must not wait, and not throw.</summary>
public interface IRequestListener
{
    /// <param name="request">Valid during the call only; <see cref="RequestObservation.Snapshot"/> is for keeping.</param>
    void Ended(RequestObservation request);
}
