using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Stackmeta.Admin;
using Stackmeta.Core.Supervision;
using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>Whether each hop's door is open, and whether it reaches the next one.</summary>
static class HopChecks
{
    /// <summary>The API's addresses take connections.</summary>
    public static HealthCheck Api(IEnumerable<EndPoint> addresses) =>
        new(
            "api",
            async cancellationToken =>
            {
                foreach (var address in addresses)
                {
                    if (await TryConnectAsync(Reachable(address), cancellationToken) is { } reason)
                    {
                        return HealthFinding.Bad($"{address} takes no connections: {reason}");
                    }
                }
                return HealthFinding.Well();
            }
        )
        {
            IsDoor = true,
        };

    /// <summary>The agent's socket is where the proxies look for it.</summary>
    public static HealthCheck AgentSocket(string path, Func<bool> isInPlace) =>
        new(
            "agent",
            _ =>
                new(
                    isInPlace()
                        ? HealthFinding.Well()
                        : HealthFinding.Bad($"the socket {path} was taken away or belongs to another agent")
                )
        );

    /// <summary>The API that the agent asks takes connections.</summary>
    public static HealthCheck Upstream(Uri api) =>
        new(
            "upstream",
            async cancellationToken =>
                await TryConnectAsync(new DnsEndPoint(api.IdnHost, api.Port), cancellationToken) is { } reason
                    ? HealthFinding.Bad($"the metadata API at {api.Authority} takes no connections: {reason}")
                    : HealthFinding.Well()
        );

    /// <summary>The agent that the edge asks takes connections.</summary>
    public static HealthCheck Agent(string socket) =>
        new(
            "agent-socket",
            async cancellationToken =>
                await TryConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken) is { } reason
                    ? HealthFinding.Bad($"the agent's socket {socket} takes no connections: {reason}")
                    : HealthFinding.Well()
        );

    /// <summary>All loops of this process run.</summary>
    public static HealthCheck Tasks(Supervisor supervisor) =>
        new(
            "tasks",
            _ =>
                new(
                    supervisor.Down is { Count: > 0 } down
                        ? HealthFinding.Bad($"{string.Join(", ", down.Take(5))} failed; the log says why")
                        : HealthFinding.Well()
                )
        );

    /// <summary>Networks are served, or there are none. While one is, requests are answered, and those that are not are named.</summary>
    public static HealthCheck Networks(Func<IReadOnlyList<EdgeNetworkStatus>> statuses) =>
        new(
            "networks",
            _ =>
            {
                var all = statuses();
                var troubled = all.Where(status => status.Health != EdgeNetworkHealth.Serving).ToList();
                var isAnyServed = all.Any(status =>
                    status.Health is EdgeNetworkHealth.Serving or EdgeNetworkHealth.Degraded
                );
                return new(new HealthFinding(all.Count == 0 || isAnyServed, Describe(troubled, all.Count)));
            }
        );

    /// <summary>Records of networks that cannot be understood at all. The others are served all the same.</summary>
    public static HealthCheck Records(Func<IReadOnlyList<string>> faults) =>
        new(
            "inventory-records",
            _ =>
                new(
                    faults() is { Count: > 0 } found
                        ? new HealthFinding(
                            true,
                            found.Count == 1 ? found[0] : $"{found[0]}, and {found.Count - 1} more like it"
                        )
                        : HealthFinding.Well()
                )
        );

    /// <summary>How well the edge can tell its clients apart: nothing to mend, but to know.</summary>
    /// <param name="notice">Where it is less than it could be; null otherwise.</param>
    public static HealthCheck Clients(string? notice) =>
        new("clients", _ => new(HealthFinding.Well(notice ?? "known by their MACs")));

    static string Describe(List<EdgeNetworkStatus> troubled, int all)
    {
        if (troubled.Count == 0)
        {
            return all == 0 ? "there are none" : string.Create(CultureInfo.InvariantCulture, $"{all} served");
        }
        var first = troubled[0];
        var more = troubled.Count > 1 ? $", and {troubled.Count - 1} more like it" : "";
        var health = first.Health switch
        {
            EdgeNetworkHealth.Starting => "is being made",
            EdgeNetworkHealth.Degraded => $"is degraded: {first.Reason}",
            _ => $"has failed: {first.Reason}",
        };
        var retried = first.IsRetried ? " (tried again until it succeeds)" : "";
        return $"{all - troubled.Count} of {all} are well; {first.NetworkId} {health}{retried}{more}";
    }

    /// <summary>An address to connect to, for one that is listened on.</summary>
    public static EndPoint Reachable(EndPoint address) =>
        address switch
        {
            IPEndPoint ip when ip.Address.Equals(IPAddress.Any) => new IPEndPoint(IPAddress.Loopback, ip.Port),
            IPEndPoint ip when ip.Address.Equals(IPAddress.IPv6Any) => new IPEndPoint(IPAddress.IPv6Loopback, ip.Port),
            _ => address,
        };

    static async Task<string?> TryConnectAsync(EndPoint address, CancellationToken cancellationToken)
    {
        var protocol = address.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp;
        using var socket =
            address is DnsEndPoint
                ? new Socket(SocketType.Stream, protocol)
                : new Socket(address.AddressFamily, SocketType.Stream, protocol);
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
            return null;
        }
        catch (SocketException e)
        {
            return e.Message;
        }
    }
}
