using System.Net;
using Stackmeta.Api;

namespace Stackmeta.Fuzz;

/// <summary>An agent's connection to the API.</summary>
sealed class ApiHop : HopTarget
{
    ApiServer? _server;

    protected override EndPoint EndPoint => _server!.Addresses.First();

    protected override string Headers =>
        $"X-Instance-ID: {Rig.Uuid}\r\nX-Tenant-ID: {Rig.Project}\r\nX-Forwarded-For: {Rig.Address}\r\n"
        + $"X-Instance-ID-Signature: {Rig.Signature.Sign(Rig.Uuid)}\r\n";

    public static async Task<FuzzTarget> StartAsync()
    {
        var hop = new ApiHop();
        hop._server = await ApiServer.StartAsync(
            new() { Addresses = [new IPEndPoint(IPAddress.Loopback, 0)], CallersAreAgents = true },
            Rig.Api(hop.Log),
            hop.Log,
            CancellationToken.None
        );
        return hop;
    }

    protected override ValueTask CloseAsync() => _server!.DisposeAsync();
}
