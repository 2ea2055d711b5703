using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta;

/// <summary>What the two questions are answered with in this process.</summary>
/// <param name="LookUp">Of the port; null where it was not asked, or the time was over first.</param>
/// <param name="Record">Of the instance; the same.</param>
/// <param name="Project">The instance's, where it was found.</param>
/// <param name="IsLookUpLate">The time was over before the port was found.</param>
/// <param name="IsRecordLate">The time was over before the record was read.</param>
readonly record struct StoreAnswers(
    Refusal? LookUp,
    Refusal? Record,
    string? Project,
    bool IsLookUpLate,
    bool IsRecordLate
);

/// <summary>Asks the two questions as agent and API do, of the same store.</summary>
/// <param name="Ports">Where ports are looked up.</param>
/// <param name="Instances">Where records are; null where this host does not know.</param>
sealed record StoreQuestions(IPortDirectory Ports, IInstanceSource? Instances)
{
    public async Task<StoreAnswers> AskAsync(
        PathSubject subject,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(patience);
        var lookUp = LookUpAsync(subject, timeout.Token);
        var reading = ReadAsync(subject, timeout.Token);
        var (port, isPortLate) = await InTimeAsync(lookUp, cancellationToken);
        var (record, isRecordLate) = await InTimeAsync(reading, cancellationToken);
        return new(port?.Refusal, record?.Refusal, record?.Instance?.ProjectId, isPortLate, isRecordLate);
    }

    async Task<PortAnswer?> LookUpAsync(PathSubject subject, CancellationToken cancellationToken) =>
        subject.Address is { } address && GuestAddress.TryFrom(address, out var guest)
            ? await Ports.FindPortAsync(subject.Scope, guest, cancellationToken)
            : default(PortAnswer?);

    async Task<InstanceAnswer?> ReadAsync(PathSubject subject, CancellationToken cancellationToken) =>
        Instances is not null && subject.Port is { DeviceId: { Length: > 0 } device }
            ? await Instances.FindInstanceAsync(device, cancellationToken)
            : default(InstanceAnswer?);

    static async Task<(T? Answer, bool IsLate)> InTimeAsync<T>(Task<T?> asking, CancellationToken cancellationToken)
        where T : struct
    {
        try
        {
            return (await asking, false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, true);
        }
    }
}
