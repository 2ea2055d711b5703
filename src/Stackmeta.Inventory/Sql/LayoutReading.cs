using System.Collections.Immutable;

namespace Stackmeta.Inventory;

/// <summary>Reads all networks with everything on them.</summary>
static class LayoutReading
{
    public static async ValueTask<ImmutableArray<NetworkLayout>> ReadAsync(
        SqlCommands sql,
        CancellationToken cancellationToken
    )
    {
        var hostnames = (
            await sql.ReadAsync(
                "SELECT id, project_id, hostname FROM instances",
                row => KeyValuePair.Create((Id: row.GetString(0), ProjectId: row.GetString(1)), row.GetString(2))
            )
        ).ToDictionary();
        var subnets = new Dictionary<string, ImmutableArray<SubnetEntry>.Builder>(StringComparer.Ordinal);
        await foreach (var subnet in SubnetTable.Instance.AllAsync(sql, cancellationToken))
        {
            Of(subnets, subnet.NetworkId).Add(subnet);
        }
        var ports = new Dictionary<string, ImmutableArray<PortLayout>.Builder>(StringComparer.Ordinal);
        await foreach (var port in PortTable.Instance.AllAsync(sql, cancellationToken))
        {
            var hostname = hostnames.GetValueOrDefault((port.DeviceId, port.ProjectId));
            Of(ports, port.NetworkId).Add(new PortLayout(port, hostname));
        }
        var layouts = ImmutableArray.CreateBuilder<NetworkLayout>();
        await foreach (var network in NetworkTable.Instance.AllAsync(sql, cancellationToken))
        {
            layouts.Add(new(network, Of(subnets, network.Id).ToImmutable(), Of(ports, network.Id).ToImmutable()));
        }
        return layouts.ToImmutable();
    }

    static ImmutableArray<T>.Builder Of<T>(Dictionary<string, ImmutableArray<T>.Builder> all, string networkId)
    {
        if (!all.TryGetValue(networkId, out var builder))
        {
            builder = ImmutableArray.CreateBuilder<T>();
            all.Add(networkId, builder);
        }
        return builder;
    }
}
