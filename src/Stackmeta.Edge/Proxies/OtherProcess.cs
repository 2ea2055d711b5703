namespace Stackmeta.Edge;

/// <summary>Another process of ours, which sees the namespace by itself and asks for the sockets.</summary>
/// <param name="isListenedIn">Whether it has them.</param>
sealed class OtherProcess(Func<string, bool> isListenedIn) : IMetadataProxy
{
    volatile string? _namespace;

    public string? Fault =>
        _namespace is { } name && !isListenedIn(name) ? $"nobody has asked yet to listen in {name}" : null;

    public Task ServeAsync(ProxyPlan plan, CancellationToken cancellationToken)
    {
        _namespace = plan.Namespace;
        return Task.CompletedTask;
    }

    public Task StopAsync()
    {
        _namespace = null;
        return Task.CompletedTask;
    }
}
