using Stackmeta.Core.Lookups;

namespace Stackmeta.Edge;

/// <summary>A haproxy in the namespace, as Neutron has it.</summary>
/// <param name="processes">Keeps it running.</param>
/// <param name="configurationPath">Where its configuration is written.</param>
sealed class HaproxyProxy(EdgeOptions options, SupervisedSlot processes, string configurationPath) : IMetadataProxy
{
    public string? Fault => processes.Fault;

    public async Task ServeAsync(ProxyPlan plan, CancellationToken cancellationToken)
    {
        var isRouter = plan.Scope.Kind == EdgeScopeKind.Router;
        var port = isRouter ? MetadataAddress.RouterPort : MetadataAddress.Port;
        string[] binds =
            isRouter ? [plan.Ipv6Device is null ? $"0.0.0.0:{port}" : $":::{port} v4v6"]
            : plan.Ipv6Device is { } device
                ? [$"{MetadataAddress.Ipv4}:{port}", $"[{MetadataAddress.Ipv6}]:{port} interface {device}"]
            : [$"{MetadataAddress.Ipv4}:{port}"];
        var text = HaproxyConfiguration.Render(
            plan.Scope.Id,
            (IdentityHeaders.Of(plan.Scope.Kind), plan.Scope.Id),
            binds,
            options.MetadataProxySocket
        );
        var isNew = await TextFile.WriteIfChangedAsync(configurationPath, text, cancellationToken);
        var definition = new ProcessDefinition
        {
            Program = "haproxy",
            Arguments = ["-db", "-f", configurationPath],
            Namespace = plan.Namespace,
            User = PosixUser.FindOrNobody(options.HaproxyUser),
            Capabilities = ["net_bind_service"],
            Ports = [new("tcp", port), new("tcp6", port)],
        };
        if (isNew || !processes.Runs(definition))
        {
            await processes.ReplaceAsync(definition);
        }
    }

    public async Task StopAsync()
    {
        await processes.StopAsync();
        if (FileLookup.Exists(configurationPath))
        {
            File.Delete(configurationPath);
        }
    }
}
