using System.Data.Common;

namespace Stackmeta.OpenStack;

/// <summary>Makes ports of rows in which each stands once for every pair of its fixed IPs and its allowed address pairs.</summary>
sealed class NeutronPortRows
{
    readonly Dictionary<string, (NeutronPort Port, HashSet<string> Pairs, HashSet<string> FixedIps)> _ports = [];

    /// <summary>Takes the next row.</summary>
    /// <param name="row">Has the columns of a port, and <c>pair_mac_address</c>.</param>
    /// <param name="fixedIp">One of the port's; null for none.</param>
    public void Add(DbDataReader row, string? fixedIp = null)
    {
        var id = row.Text("id")!;
        if (!_ports.TryGetValue(id, out var entry))
        {
            var port = new NeutronPort(
                id,
                row.Text("network_id")!,
                row.Text("device_id") ?? "",
                row.Text("project_id") ?? "",
                row.Text("mac_address")?.ToLowerInvariant() ?? "",
                PairMacAddresses: [],
                FixedIps: []
            );
            _ports[id] = entry = (port, [], []);
        }
        if (row.Text("pair_mac_address") is { } pair)
        {
            entry.Pairs.Add(pair);
        }
        if (fixedIp is not null)
        {
            entry.FixedIps.Add(fixedIp);
        }
    }

    public List<NeutronPort> ToPorts() =>
        [
            .. _ports.Values.Select(entry =>
                entry.Port with
                {
                    PairMacAddresses = [.. entry.Pairs],
                    FixedIps = [.. entry.FixedIps],
                }
            ),
        ];
}
