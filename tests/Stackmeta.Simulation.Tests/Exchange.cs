using Stackmeta.Agent;
using Stackmeta.Http;

namespace Stackmeta.Simulation.Tests;

/// <summary>One request of a guest as the agent sees it.</summary>
sealed class Exchange
{
    public Exchange(Client client, bool hidesMacs)
    {
        Client = client;
        Request.Begin("GET", "/latest/user-data");
        if (client.Feature is IGuestClient known && !hidesMacs)
        {
            Request.Client = known;
            return;
        }
        // As the edge of another process tells the agent.
        var kind = client.Scope.Kind == Edge.EdgeScopeKind.Router ? "X-Neutron-Router-ID" : "X-Neutron-Network-ID";
        Request.Headers.Receive(kind, client.ScopeId);
        Request.Headers.Receive("X-Forwarded-For", ((Edge.IGuestPeer)client).ClientAddress);
        if (!hidesMacs)
        {
            Request.Headers.Receive("X-Stackmeta-Client-MAC", client.Mac?.ToString() ?? "unknown");
        }
    }

    public Client Client { get; }

    public Request Request { get; } = new();
}
