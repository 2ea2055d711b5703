using System.Net;

namespace Stackmeta.Hostile.Tests;

/// <summary>What an agent of another make was told: one request for each of a guest's, with one identity that the edge gave.</summary>
static class ForwardedHeads
{
    static readonly string[] Foreign =
    [
        "X-Neutron-Router-ID",
        "X-OVN-Network-ID",
        "X-Instance-ID",
        "X-Instance-ID-Signature",
        "X-Tenant-ID",
        "X-Metadata-Provider",
        "X-Metadata-Provider-Signature",
    ];

    public static IEnumerable<string> Faults(StockAgentWorld world)
    {
        var clients = world.EverAssigned;
        foreach (var head in world.Agent.TakeHeads())
        {
            var networks = StockAgent.Header(head, "X-Neutron-Network-ID").ToList();
            var forwarded = StockAgent.Header(head, "X-Forwarded-For").ToList();
            var fault =
                networks.Count != 1 || !Guid.TryParse(networks[0], out _) ? "names not one network"
                : forwarded.Count != 1 || !IPAddress.TryParse(forwarded[0], out _) ? "names not one client"
                : !clients.Contains((networks[0], forwarded[0])) ? "names a client that no machine of the network is"
                : Foreign.FirstOrDefault(name => StockAgent.Header(head, name).Any()) is { } foreign ? $"has {foreign}"
                : head.Replace("\r\n", "", StringComparison.Ordinal).Any(one => one is < ' ' and not '\t' or '\x7f')
                    ? "has a control character"
                : head.Split("\r\n")[0].Split(' ').Length != 3 ? "has a first line of other than three parts"
                : null;
            if (fault is not null)
            {
                yield return $"the agent was sent a request that {fault}: {head.ReplaceLineEndings("~")}";
            }
        }
    }
}
