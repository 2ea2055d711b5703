using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Stackmeta.Edge;

namespace Stackmeta.Fuzz;

/// <summary>A guest's connection to an edge before a stock agent's socket.</summary>
sealed class ForwardingEdgeHop : HopTarget
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stackmeta-fuzz-");
    readonly StockUpstream _agent;
    readonly AgentForwarder _forwarder;
    EdgeServer? _server;
    EndPoint? _endPoint;

    ForwardingEdgeHop()
    {
        var socket = Path.Combine(_folder.FullName, "metadata_proxy");
        _agent = new(new UnixDomainSocketEndPoint(socket));
        _forwarder = new(socket, TimeProvider.System, new Logger<AgentForwarder>(Log));
    }

    protected override EndPoint EndPoint => _endPoint!;

    protected override StockUpstream Upstream => _agent;

    public static async Task<FuzzTarget> StartAsync()
    {
        var hop = new ForwardingEdgeHop();
        (hop._server, hop._endPoint) = await LoopbackEdge.StartAsync(hop._forwarder, clientOf: null, hop.Log);
        return hop;
    }

    /// <summary>Who asks is said once, by the edge.</summary>
    protected override string? Judge(StrictRequest sentOn)
    {
        var said = sentOn
            .Fields.Select(static field => (Name: field.Key.Replace('_', '-').ToLowerInvariant(), field.Value))
            .Where(static field => IsIdentity(field.Name))
            .Order()
            .ToList();
        return
            // Loopback has no MAC.
            said
                is [

                    ("x-forwarded-for", "127.0.0.1"),

                    ("x-neutron-network-id", var network),

                    ("x-stackmeta-client-mac", "unknown"),
                ]
            && network == Rig.Network.ToString()
            ? null
            : $"an identity that is not the edge's: {string.Join(", ", said)}";
    }

    static bool IsIdentity(string name) =>
        name
            is "x-forwarded-for"
                or "x-neutron-network-id"
                or "x-neutron-router-id"
                or "x-ovn-network-id"
                or "x-instance-id"
                or "x-instance-id-signature"
                or "x-tenant-id"
                or "x-metadata-provider"
                or "x-metadata-provider-signature"
                or "x-stackmeta-client-mac"
                or "x-stackmeta-port";

    protected override async ValueTask CloseAsync()
    {
        await _server!.DisposeAsync();
        _forwarder.Dispose();
        await _agent.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
