using Stackmeta.Inventory;
using Stackmeta.Metadata;

namespace Stackmeta;

/// <summary>What the two questions are answered with in this process; null where they were not asked.</summary>
readonly record struct StoreAnswers(Refusal? LookUp, Refusal? Record);

/// <summary>Asks the two questions as agent and API do, of the same store.</summary>
sealed record StoreQuestions(IPortDirectory Ports, IInstanceSource Instances)
{
    public async Task<StoreAnswers> AskAsync(
        PathSubject subject,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(patience);
        Refusal? lookUp = null;
        Refusal? record = null;
        try
        {
            if (subject.Address is { } address && GuestAddress.TryFrom(address, out var guest))
            {
                lookUp = (await Ports.FindPortAsync(subject.Scope, guest, timeout.Token)).Refusal;
            }
            if (subject.Port is { DeviceId: { Length: > 0 } device })
            {
                record = (await Instances.FindInstanceAsync(device, timeout.Token)).Refusal;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            lookUp ??= Refusal.PortDirectoryUnavailable;
            record ??= Refusal.InstanceSourceUnavailable;
        }
        return new(lookUp, record);
    }
}
