using Microsoft.Extensions.Logging;
using Stackmeta.Core.Supervision;

namespace Stackmeta.Edge;

/// <summary>This host: <c>ip</c>, <c>nft</c>, dnsmasq, haproxy or listeners of this process, and files in the run directory.</summary>
/// <param name="listeners">Listens in the namespaces from this process; null has a haproxy in each, or another process listen.</param>
/// <param name="isListenedIn">Whether another process listens in the namespace of that name; null when none does.</param>
sealed class HostMachine(
    EdgeOptions options,
    Supervisor supervisor,
    TimeProvider time,
    ILogger logger,
    NamespaceListeners? listeners,
    Func<string, bool>? isListenedIn
) : IEdgeMachine
{
    static readonly string[] Programs = ["dnsmasq", "haproxy", "radvd"];

    /// <summary>Without descriptors nothing can be accepted, and so not be ended.</summary>
    static readonly TimeSpan AcceptPatience = TimeSpan.FromSeconds(5);
    static readonly TimeSpan LeftOverPoll = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// How long processes that cannot be looked at are tried again: those of others may be hidden for good (proc(5), hidepid).
    /// </summary>
    static readonly TimeSpan LeftOverPatience = TimeSpan.FromSeconds(5);

    RunDirectory? _directory;
    ProcessStarter? _starter;

    RunDirectory Open => _directory ?? throw new InvalidOperationException("It is not open.");

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        Privileges.RequireNetworkAdministration();
        Executables.Find("ip");
        Executables.Find("sysctl");
        Executables.Find("setpriv");
        Executables.Find("setsid");
        _directory = RunDirectory.Open(options.RunDirectory);
        _starter = new ProcessStarter(supervisor, time);
        await EndLeftOverAsync(_directory.Path, cancellationToken);
    }

    public void Close()
    {
        _starter?.Dispose();
        _directory?.Dispose();
        (_starter, _directory) = (null, null);
    }

    public IReadOnlyList<Guid> FindNetworks() => Open.FindNetworks();

    public IReadOnlyList<Guid> FindRouters() => Open.FindRouters();

    public INetworkSteps Network(Guid id, Action changed)
    {
        var files = Open.FilesOf(id);
        SupervisedSlot Slot() => new(_starter!, time, logger, changed);
        return new ProvisionedNetwork(
            id,
            Ownership.MarkOf(id, Open.Path),
            files,
            options,
            new DhcpServer(options, files, Slot()),
            ProxyOf(Slot(), files.HaproxyConfiguration),
            time,
            logger
        );
    }

    public IRouterSteps Router(Guid id)
    {
        var files = Open.FilesOfRouter(id);
        SupervisedSlot Slot() => new(_starter!, time, logger, changed: static () => { });
        return new ProvisionedRouter(
            id,
            Ownership.MarkOf(id, Open.Path),
            files,
            options,
            ProxyOf(Slot(), files.HaproxyConfiguration),
            new(files, Slot(), time),
            logger
        );
    }

    public Task EndConnectionsAsync(EdgeScope scope, ChangedPeers peers, CancellationToken cancellationToken) =>
        listeners is not null
            ? EndOwnAsync(listeners, scope, peers, cancellationToken)
            : OtherConnections.EndAsync(scope, peers, cancellationToken);

    public void Dispose() => Close();

    async Task EndOwnAsync(
        NamespaceListeners own,
        EdgeScope scope,
        ChangedPeers peers,
        CancellationToken cancellationToken
    )
    {
        using var patience = new CancellationTokenSource(AcceptPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await own.EndConnectionsAsync(scope, guest => peers.Include(guest.Peer, guest.Mac), either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EdgeException($"Connections of {scope} that wait to be accepted could not be ended.", e);
        }
    }

    /// <summary>Processes of an edge that was killed die with it, except one that was just being started.</summary>
    async Task EndLeftOverAsync(string directory, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var unknown = new List<string>();
            var processes = ProcessTable.FindLeftOver(Programs, directory, unknown).ToList();
            if (processes.Count == 0 && (unknown.Count == 0 || time.GetElapsedTime(since) > LeftOverPatience))
            {
                if (unknown.Count > 0)
                {
                    Log.LeftOverUnknown(logger, unknown.Count, unknown[0]);
                }
                return;
            }
            foreach (var process in processes)
            {
                Log.LeftOverEnded(logger, process);
                _ = Libc.Kill(process, Libc.SigKill);
            }
            await Task.Delay(LeftOverPoll, time, cancellationToken);
        }
    }

    IMetadataProxy ProxyOf(SupervisedSlot slot, string haproxyConfiguration) =>
        listeners is not null ? new ListenerProxy(listeners)
        : isListenedIn is not null ? new OtherProcess(isListenedIn)
        : new HaproxyProxy(options, slot, haproxyConfiguration);
}
