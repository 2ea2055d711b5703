using System.Net;
using Stackmeta.Edge;

namespace Stackmeta.Fuzz;

/// <summary>A guest's connection to edge, agent and API in one process.</summary>
sealed class EdgeHop : HopTarget
{
    EdgeServer? _server;
    EndPoint? _endPoint;

    protected override EndPoint EndPoint => _endPoint!;

    public static async Task<FuzzTarget> StartAsync()
    {
        var hop = new EdgeHop();
        var agent = Rig.Agent(new InProcessUpstream(() => Rig.Api(hop.Log)), hop.Log);
        (hop._server, hop._endPoint) = await LoopbackEdge.StartAsync(agent, GuestConnection.Of, hop.Log);
        return hop;
    }

    protected override ValueTask CloseAsync() => _server!.DisposeAsync();
}
