using System.Collections.Concurrent;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.OpenStack;

/// <summary>
/// The second question answered by Neutron's REST API (spec/neutron-metadata.md §4.1). At most one query a scope is under way;
/// those who come meanwhile are asked for together in the next, a few dozen at a time.
/// </summary>
public sealed class NeutronPortDirectory(NeutronClient neutron) : INetworkPortDirectory
{
    // Scopes with questions that wait or are under way. An entry goes when nothing of it is left.
    readonly ConcurrentDictionary<NetworkScope, ScopeQueue> _queues = new();

    readonly RouterNetworks _routers = new(neutron);

    /// <inheritdoc/>
    public ValueTask<PortAnswer> FindPortAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    )
    {
        var question = new Question(address);
        while (true)
        {
            var queue = _queues.GetOrAdd(scope, static _ => new());
            if (queue.Add(question, out var isFirst))
            {
                if (isFirst)
                {
                    // No caller owns the queries: one who gives up must not take the others' answer along.
                    _ = WorkAsync(scope, queue);
                }
                return new(question.Answer.Task.WaitAsync(cancellationToken));
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<GuestAddress, PortAnswer>?> FindPortsAsync(
        NetworkScope scope,
        CancellationToken cancellationToken
    )
    {
        if (await ListAsync(scope, addresses: [], cancellationToken) is not { } ports)
        {
            return null;
        }
        return PortsByAddress.Of(ports);
    }

    async Task WorkAsync(NetworkScope scope, ScopeQueue queue)
    {
        while (queue.Take() is { } batch)
        {
            List<NeutronPort>? ports;
            try
            {
                ports = await ListAsync(scope, [.. batch.Select(question => question.Address).Distinct()], default);
            }
            catch (Exception)
            {
                // Whatever it was, those who wait must not wait for ever. Failures of the way are answers already.
                ports = null;
            }
            foreach (var question in batch)
            {
                question.Answer.TrySetResult(
                    ports is null ? Refusal.PortDirectoryUnavailable : Choose(ports, question.Address)
                );
            }
        }
        _queues.TryRemove(KeyValuePair.Create(scope, queue));
    }

    static PortAnswer Choose(List<NeutronPort> ports, GuestAddress address)
    {
        NeutronPort? found = null;
        foreach (var port in ports.Where(port => port.Has(address)))
        {
            if (found is not null && found.Id != port.Id)
            {
                return Refusal.PortAmbiguous;
            }
            found = port;
        }
        return found is null ? Refusal.PortNotFound
            : found.DeviceId.Length == 0 ? Refusal.PortWithoutDevice
            : found.ToPort();
    }

    async ValueTask<List<NeutronPort>?> ListAsync(
        NetworkScope scope,
        GuestAddress[] addresses,
        CancellationToken cancellationToken
    )
    {
        string[]? networks = [scope.Id];
        if (scope.Kind == NetworkScopeKind.Router)
        {
            networks = await _routers.FindAsync(scope.Id, cancellationToken);
        }
        // No network is no port: an empty filter would search the whole cloud.
        return networks is null
            ? null
            : await NeutronPortQuery.ListAsync(neutron, networks, addresses, cancellationToken);
    }

    sealed class Question(GuestAddress address)
    {
        public GuestAddress Address => address;

        public TaskCompletionSource<PortAnswer> Answer { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>The questions of one scope; all members under its own lock.</summary>
    sealed class ScopeQueue
    {
        readonly Lock _lock = new();
        List<Question> _waiting = [];
        bool _isWorkedOn;
        bool _isClosed;

        /// <summary>Adds a question. False when the queue was just closed and another one must be made.</summary>
        /// <param name="isFirst">Whether nobody works on the queue yet.</param>
        public bool Add(Question question, out bool isFirst)
        {
            lock (_lock)
            {
                isFirst = !_isWorkedOn && !_isClosed;
                if (_isClosed)
                {
                    return false;
                }
                _isWorkedOn = true;
                _waiting.Add(question);
                return true;
            }
        }

        /// <summary>All that waits; null, and the queue is closed, when nothing does.</summary>
        public List<Question>? Take()
        {
            lock (_lock)
            {
                var taken = _waiting;
                _waiting = [];
                _isClosed = taken.Count == 0;
                return _isClosed ? null : taken;
            }
        }
    }
}
