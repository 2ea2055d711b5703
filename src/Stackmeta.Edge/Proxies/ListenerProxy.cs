namespace Stackmeta.Edge;

/// <summary>This process itself: listening sockets in the namespace.</summary>
sealed class ListenerProxy(NamespaceListeners listeners) : IMetadataProxy
{
    volatile string? _namespace;

    public string? Fault => _namespace is { } name ? listeners.FindNotice(name) : null;

    public async Task ServeAsync(ProxyPlan plan, CancellationToken cancellationToken)
    {
        var served =
            plan.Scope.Kind == EdgeScopeKind.Router
                ? ServedNamespace.ForRouter(plan.Scope.Id, plan.Namespace)
                : ServedNamespace.ForNetwork(plan.Scope.Id, plan.Namespace);
        if (plan.Scope.Kind == EdgeScopeKind.Network && plan.Ipv6Device is null)
        {
            served = served with { EndPoints = [served.EndPoints[0]] };
        }
        await listeners.AddAsync(served);
        _namespace = plan.Namespace;
    }

    public async Task StopAsync()
    {
        if (_namespace is { } name)
        {
            _namespace = null;
            await listeners.RemoveAsync(name);
        }
    }
}
