using Stackmeta.Bench.Load;

namespace Stackmeta.Bench.Figures;

/// <summary>
/// Edge, agent and API as processes of their own, on the inventory of one that provides the networks. The edge is told of a namespace as by
/// Neutron's agents.
/// </summary>
sealed class ThreeProcesses : IDisposable
{
    /// <summary>Where the edge listens in the namespace: the one that provides the network has port 80.</summary>
    public const int Port = 81;

    readonly Stack<IDisposable> _owned = new();

    /// <param name="program">The build.</param>
    /// <param name="data">The inventory.</param>
    /// <param name="network">The number of the network whose guests it serves.</param>
    /// <param name="firstPort">For the API, on loopback.</param>
    public ThreeProcesses(string program, StackmetaData data, int network, int firstPort)
    {
        var socket = Path.Combine(data.Folder, "three");
        var api = Own(data.Start("api", $"api.listen=127.0.0.1:{firstPort}", "log.level=warning"));
        var agent = Own(
            data.Start(
                "agent",
                $"agent.socket={socket}",
                $"agent.api=http://127.0.0.1:{firstPort}",
                "log.level=warning"
            )
        );
        var edgeData = Directory.CreateDirectory(Path.Combine(data.Folder, "edge")).FullName;
        string[] settings = [$"agent.socket={socket}", "log.level=warning"];
        var edge = Own(
            RunningProgram.Start(
                program,
                [
                    "edge",
                    "--drop-in",
                    "--data",
                    edgeData,
                    .. settings.SelectMany(static setting => (string[])["--set", setting]),
                ],
                "Ready."
            )
        );
        Own(
            Haproxy.StartStandIn(
                program,
                PlainNamespaces.NameOf(network),
                edgeData,
                Haproxy.BeforeAgent(Port, socket, BenchGuest.NetworkId(network))
            )
        );
        Groups = [edge.Group("edge"), agent.Group("agent"), api.Group("API")];
    }

    public IReadOnlyList<ProcessGroup> Groups { get; }

    T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Push(owned);
        return owned;
    }

    public void Dispose()
    {
        while (_owned.TryPop(out var owned))
        {
            owned.Dispose();
        }
    }
}
