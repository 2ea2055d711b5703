namespace Stackmeta.Bench.Figures;

/// <summary>haproxy in a network's namespace, beside what else listens there.</summary>
static class Haproxy
{
    /// <summary>As Neutron starts it (neutron/agent/metadata/driver.py), before an agent's socket.</summary>
    public static string BeforeAgent(int port, string agentSocket, string networkId) =>
        $"""
            {Common}
            listen listener
                bind 169.254.169.254:{port}
                server metadata {agentSocket}
                http-request del-header X-Neutron-Router-ID
                http-request set-header X-Neutron-Network-ID {networkId}

            """;

    /// <summary>The limit of what haproxy itself can do: an answer out of its memory.</summary>
    public static string Static(int port, string file) =>
        $"""
            {Common}
            frontend static
                bind 169.254.169.254:{port}
                http-request return status 200 content-type application/json file {file}

            """;

    const string Common = """
        global
            maxconn 1024
        defaults
            mode http
            option httplog
            option dontlognull
            option http-server-close
            option forwardfor
            retries 3
            timeout http-request 30s
            timeout connect 30s
            timeout client 32s
            timeout server 32s
            timeout http-keep-alive 30s
        """;

    /// <summary>Runs it in a namespace until it is disposed.</summary>
    public static RunningProgram Start(string @namespace, string folder, string configuration) =>
        RunningProgram.Start("ip", ["netns", "exec", @namespace, "haproxy", "-db", "-f", Save(folder, configuration)]);

    /// <summary>Tells a running edge to listen in haproxy's place, as Neutron's agents tell it.</summary>
    /// <param name="program">Of the edge's build.</param>
    /// <param name="edgeData">The edge's data folder.</param>
    /// <returns>Ends it.</returns>
    public static IDisposable StartStandIn(string program, string @namespace, string edgeData, string configuration)
    {
        var processFile = Path.Combine(edgeData, "stand-in.pid");
        Shell.Run(
            "ip",
            [
                "netns",
                "exec",
                @namespace,
                program,
                "haproxy",
                "--data",
                edgeData,
                "-f",
                Save(edgeData, configuration),
                "-p",
                processFile,
            ]
        );
        return new StandIn(File.ReadAllText(processFile).Trim());
    }

    static string Save(string folder, string configuration)
    {
        var file = Path.Combine(folder, $"haproxy-{Guid.NewGuid():n}.cfg");
        File.WriteAllText(file, configuration);
        return file;
    }

    sealed class StandIn(string process) : IDisposable
    {
        public void Dispose() => Shell.Run("kill", ["-TERM", process]);
    }
}
