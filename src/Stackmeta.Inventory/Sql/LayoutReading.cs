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
        var faults = new List<RecordFault>();
        var hostnames = await HostnamesAsync(sql, "SELECT id, project_id, hostname FROM instances");
        var subnets = new List<SubnetEntry>();
        await foreach (var subnet in SubnetTable.Instance.AllAsync(sql, faults, cancellationToken))
        {
            subnets.Add(subnet);
        }
        var ports = new List<PortEntry>();
        await foreach (var port in PortTable.Instance.AllAsync(sql, faults, cancellationToken))
        {
            ports.Add(port);
        }
        var networks = new List<NetworkEntry>();
        await foreach (var network in NetworkTable.Instance.AllAsync(sql, faults, cancellationToken))
        {
            networks.Add(network);
        }
        return Join(networks, subnets, ports, hostnames, faults);
    }

    /// <summary>Some networks.</summary>
    public static async ValueTask<ImmutableArray<NetworkLayout>> ReadAsync(
        SqlCommands sql,
        IReadOnlyCollection<string> networkIds
    )
    {
        const string Hostnames = """
            SELECT i.id, i.project_id, i.hostname FROM instances i
            WHERE i.id IN (SELECT p.device_id FROM ports p WHERE p.network_id = @p1)
            """;
        var found = ImmutableArray.CreateBuilder<NetworkLayout>(networkIds.Count);
        foreach (var id in networkIds)
        {
            var faults = new List<RecordFault>();
            found.AddRange(
                Join(
                    await NetworkTable.Instance.WhereAsync(sql, "id = @p1", id, faults),
                    await SubnetTable.Instance.WhereAsync(sql, "network_id = @p1 ORDER BY number", id, faults),
                    await PortTable.Instance.WhereAsync(sql, "network_id = @p1", id, faults),
                    await HostnamesAsync(sql, Hostnames, id),
                    faults
                )
            );
        }
        return found.ToImmutable();
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
        var faults = new List<RecordFault>();
        return Join(
            await NetworkTable.Instance.WhereAsync(sql, $"id IN ({Networks}) ORDER BY number", host, faults),
            await SubnetTable.Instance.WhereAsync(sql, $"{OnNetworks} ORDER BY number", host, faults),
            await PortTable.Instance.WhereAsync(sql, OnNetworks, host, faults),
            hostnames,
            faults
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
        Dictionary<(string Id, string ProjectId), string> hostnames,
        List<RecordFault> faults
    )
    {
        var faultsOf = faults.ToLookup(fault => fault.NetworkId, StringComparer.Ordinal);
        // One whose own row cannot be understood is there all the same.
        networks = networks.Concat(
            faults
                .Where(fault => fault is { Kind: "network", Id.Length: > 0 })
                .Select(fault => new NetworkEntry { Id = fault.Id })
        );
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
            )
            {
                Faults = [.. faultsOf[network.Id]],
            }),
        ];
    }
}
