namespace Stackmeta.Edge;

/// <summary>
/// The machine below the order of changes: each member is one step, which may fail and is then tried again. <see cref="HostMachine"/> does
/// them on this host; tests and simulations have one of their own.
/// </summary>
interface IEdgeMachine : IDisposable
{
    /// <summary>Makes sure that anything can be done at all. Called before all others, and again after <see cref="Close"/>.</summary>
    /// <exception cref="EdgeException">Rights or programs are missing, or another edge has the run directory.</exception>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Gives up what <see cref="OpenAsync"/> took.</summary>
    void Close();

    /// <summary>Networks that were begun, by this edge or by an earlier one, and not removed.</summary>
    IReadOnlyList<Guid> FindNetworks();

    /// <summary>Routers that were begun and not removed.</summary>
    IReadOnlyList<Guid> FindRouters();

    /// <summary>The steps of one network. Asked for once, until it is removed.</summary>
    /// <param name="changed">To be told when <see cref="INetworkSteps.Fault"/> may have changed by itself.</param>
    INetworkSteps Network(Guid id, Action changed);

    /// <summary>The steps of one router. Asked for once, until it is removed.</summary>
    IRouterSteps Router(Guid id);

    /// <summary>Ends connections in the namespace of a network or router, those too that wait to be accepted.</summary>
    /// <remarks>After it, nothing that was sent before on one of them gets an answer.</remarks>
    Task EndConnectionsAsync(EdgeScope scope, ChangedPeers peers, CancellationToken cancellationToken);
}

/// <summary>The steps of one network.</summary>
interface INetworkSteps
{
    /// <summary>What is amiss although all steps were done: a process died, another host has an address. Null when nothing is.</summary>
    string? Fault { get; }

    /// <summary>What an earlier edge left as applied; null when that is not known.</summary>
    AppliedNetwork? FindApplied();

    /// <summary>
    /// Has packets obey the network's ports and nothing else, all at once. Not called beside itself or <see cref="RemoveAsync"/>.
    /// </summary>
    Task ApplyRulesAsync(EdgeNetwork wanted, CancellationToken cancellationToken);

    /// <summary>Tells other processes what is applied.</summary>
    /// <returns>False when the network has no files yet, so that nobody can be there to ask.</returns>
    Task<bool> TryWriteAppliedAsync(AppliedNetwork applied, CancellationToken cancellationToken);

    /// <summary>
    /// All the rest: links, addresses, DHCP, and who answers in the namespace. Not called beside itself or <see cref="RemoveAsync"/>.
    /// </summary>
    /// <param name="beforeServing">To be called when the network has its files, before anybody answers in the namespace.</param>
    Task ServeAsync(EdgeNetwork wanted, Func<Task> beforeServing, CancellationToken cancellationToken);

    /// <summary>Removes everything that was made, those first who answer.</summary>
    Task RemoveAsync(CancellationToken cancellationToken);

    /// <summary>Ends the processes; links, rules and files stay.</summary>
    Task StopProcessesAsync();
}

/// <summary>The steps of one router, which are not called beside each other.</summary>
interface IRouterSteps
{
    /// <inheritdoc cref="INetworkSteps.Fault"/>
    string? Fault { get; }

    /// <inheritdoc cref="INetworkSteps.FindApplied"/>
    AppliedRouter? FindApplied();

    /// <summary>Removes interfaces that are not wanted, then makes those that are.</summary>
    /// <returns>Why some interfaces could not be made, by their ports; the others are in place.</returns>
    Task<IReadOnlyDictionary<Guid, string>> ApplyLinksAsync(EdgeRouter wanted, CancellationToken cancellationToken);

    /// <inheritdoc cref="INetworkSteps.TryWriteAppliedAsync"/>
    Task<bool> TryWriteAppliedAsync(AppliedRouter applied, CancellationToken cancellationToken);

    /// <summary>All the rest: who answers in the namespace, and what guests are told of the router.</summary>
    Task ServeAsync(EdgeRouter wanted, CancellationToken cancellationToken);

    /// <summary>Removes everything that was made, those first who answer.</summary>
    Task RemoveAsync(CancellationToken cancellationToken);

    /// <summary>Ends the processes; links and rules stay.</summary>
    Task StopProcessesAsync();
}
