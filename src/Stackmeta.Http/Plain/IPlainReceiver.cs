namespace Stackmeta.Http;

/// <summary>Who has asked a plain question.</summary>
interface IPlainReceiver
{
    /// <summary>Sends bytes of the answer; they are the caller's again when this completes.</summary>
    /// <returns>False if nobody receives them any more.</returns>
    ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);
}
