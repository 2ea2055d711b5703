using System.Collections.Immutable;

namespace Stackmeta.Inventory;

/// <summary>Reads networks with everything on them.</summary>
static class LayoutReading
{
    /// <summary>All networks.</summary>
    public static async ValueTask<ImmutableArray<NetworkLayout>> ReadAsync(
        SqlCommands sql,
        CancellationToken cancellationToken
    )
    {
        var hostnames = await HostnamesAsync(sql, "SELECT id, project_id, hostname FROM instances");
        var subnets = new List<SubnetEntry>();
        await foreach (var subnet in SubnetTable.Instance.AllAsync(sql, cancellationToken))
        {
            subnets.Add(subnet);
        }
        var ports = new List<PortEntry>();
        await foreach (var port in PortTable.Instance.AllAsync(sql, cancellationToken))
        {
            ports.Add(port);
        }
        var networks = new List<NetworkEntry>();
        await foreach (var network in NetworkTable.Instance.AllAsync(sql, cancellationToken))
        {
            networks.Add(network);
        }
        return Join(networks, subnets, ports, hostnames);
    }

    /// <summary>The networks of which a host has a guest, or may have one.</summary>
    public static async ValueTask<ImmutableArray<NetworkLayout>> ReadOfHostAsync(SqlCommands sql, string host)
    {
        // What belongs to the network itself, its DHCP server or a router, is on no host for its own sake.
        const string Networks = """
            SELECT h.network_id FROM ports h WHERE h.host_id IN (@p1, '') AND h.device_owner NOT LIKE 'network:%'
            """;
        const string OnNetworks = $"network_id IN ({Networks})";
        var hostnames = await HostnamesAsync(
            sql,
            $"""
            SELECT i.id, i.project_id, i.hostname FROM instances i
            WHERE i.id IN (SELECT p.device_id FROM ports p WHERE p.{OnNetworks})
            """,
            host
        );
        return Join(
            await NetworkTable.Instance.WhereAsync(sql, $"id IN ({Networks}) ORDER BY number", host),
            await SubnetTable.Instance.WhereAsync(sql, $"{OnNetworks} ORDER BY number", host),
            await PortTable.Instance.WhereAsync(sql, OnNetworks, host),
            hostnames
        );
    }

    static async ValueTask<Dictionary<(string Id, string ProjectId), string>> HostnamesAsync(
        SqlCommands sql,
        string statement,
        params object?[] values
    )
    {
        var rows = await sql.ReadAsync(
            statement,
            row => KeyValuePair.Create((Id: row.GetString(0), ProjectId: row.GetString(1)), row.GetString(2)),
            values
        );
        return rows.ToDictionary();
    }

    static ImmutableArray<NetworkLayout> Join(
        IEnumerable<NetworkEntry> networks,
        IEnumerable<SubnetEntry> subnets,
        IEnumerable<PortEntry> ports,
        Dictionary<(string Id, string ProjectId), string> hostnames
    )
    {
        var subnetsOf = subnets.ToLookup(subnet => subnet.NetworkId, StringComparer.Ordinal);
        var portsOf = ports.ToLookup(port => port.NetworkId, StringComparer.Ordinal);
        return
        [
            .. networks.Select(network => new NetworkLayout(
                network,
                [.. subnetsOf[network.Id]],
                [
                    .. portsOf[network.Id]
                        .Select(port => new PortLayout(
                            port,
                            hostnames.GetValueOrDefault((port.DeviceId, port.ProjectId))
                        )),
                ]
            )),
        ];
    }
}
