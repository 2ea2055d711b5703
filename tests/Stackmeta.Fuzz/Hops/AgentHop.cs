using System.Net;
using System.Net.Sockets;
using Stackmeta.Agent;

namespace Stackmeta.Fuzz;

/// <summary>A proxy's connection to an agent before a stock API.</summary>
sealed class AgentHop : HopTarget
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stackmeta-fuzz-");
    readonly StockUpstream _api = new(new IPEndPoint(IPAddress.Loopback, 0));
    readonly HttpMetadataUpstream _upstream;
    AgentServer? _server;

    AgentHop() =>
        _upstream = new(new() { Api = new($"http://{_api.EndPoint}") }, Rig.Signature, TimeProvider.System, Log);

    protected override EndPoint EndPoint => new UnixDomainSocketEndPoint(SocketPath);

    protected override StockUpstream Upstream => _api;

    protected override string Headers => $"X-Neutron-Network-ID: {Rig.Network}\r\nX-Forwarded-For: {Rig.Address}\r\n";

    string SocketPath => Path.Combine(_folder.FullName, "metadata_proxy");

    public static async Task<FuzzTarget> StartAsync()
    {
        var hop = new AgentHop();
        hop._server = await AgentServer.StartAsync(
            new() { Socket = new() { Path = hop.SocketPath } },
            Rig.Agent(hop._upstream, hop.Log),
            TimeProvider.System,
            hop.Log,
            CancellationToken.None
        );
        return hop;
    }

    /// <summary>For whom it is asked is said once, and signed.</summary>
    protected override string? Judge(StrictRequest sentOn) =>
        sentOn.Values("X-Instance-ID").SequenceEqual([Rig.Uuid])
        && sentOn.Values("X-Tenant-ID").SequenceEqual([Rig.Project])
        && sentOn.Values("X-Instance-ID-Signature").SequenceEqual([Rig.Signature.Sign(Rig.Uuid)])
        && sentOn.Values("X-Forwarded-For").Count() == 1
            ? null
            : $"an identity that is not the agent's: {string.Join(", ", sentOn.Fields)}";

    protected override async ValueTask CloseAsync()
    {
        await _server!.DisposeAsync();
        _upstream.Dispose();
        await _api.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
