using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta;

/// <summary>Times the questions to a source of instances.</summary>
sealed class ObservedInstances(IInstanceSource source, RequestObserver observer, TimeProvider time) : IInstanceSource
{
    public async ValueTask<InstanceAnswer> FindInstanceAsync(string instanceId, CancellationToken cancellationToken)
    {
        var asked = time.GetTimestamp();
        var answer = await source.FindInstanceAsync(instanceId, cancellationToken);
        observer.LookedUp("instance", Outcome.Of(answer.Refusal), time.GetElapsedTime(asked));
        return answer;
    }

    public async ValueTask<Refusal> SetPasswordAsync(
        string instanceId,
        string password,
        CancellationToken cancellationToken
    )
    {
        var asked = time.GetTimestamp();
        var refusal = await source.SetPasswordAsync(instanceId, password, cancellationToken);
        observer.LookedUp("password", Outcome.Of(refusal), time.GetElapsedTime(asked));
        return refusal;
    }
}

/// <summary>Times the questions to a directory of ports.</summary>
class ObservedPorts(IPortDirectory directory, RequestObserver observer, TimeProvider time) : IPortDirectory
{
    protected RequestObserver Observer => observer;

    protected TimeProvider Time => time;

    public async ValueTask<PortAnswer> FindPortAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    )
    {
        var asked = time.GetTimestamp();
        var answer = await directory.FindPortAsync(scope, address, cancellationToken);
        observer.LookedUp("port", Outcome.Of(answer.Refusal), time.GetElapsedTime(asked));
        return answer;
    }
}

/// <summary>The same of a directory that lists whole networks.</summary>
sealed class ObservedNetworkPorts(INetworkPortDirectory directory, RequestObserver observer, TimeProvider time)
    : ObservedPorts(directory, observer, time),
        INetworkPortDirectory
{
    public async ValueTask<IReadOnlyDictionary<GuestAddress, PortAnswer>?> FindPortsAsync(
        NetworkScope scope,
        CancellationToken cancellationToken
    )
    {
        var asked = Time.GetTimestamp();
        var ports = await directory.FindPortsAsync(scope, cancellationToken);
        Observer.LookedUp("network", ports is null ? "unavailable" : "found", Time.GetElapsedTime(asked));
        return ports;
    }
}

/// <summary>What became of a question, as a label.</summary>
static class Outcome
{
    public static string Of(Refusal refusal) =>
        refusal switch
        {
            Refusal.None => "found",
            Refusal.PortDirectoryUnavailable
            or Refusal.InstanceSourceUnavailable
            or Refusal.InstanceSourceFailed
            or Refusal.PasswordNotStored => "unavailable",
            _ => "absent",
        };
}
