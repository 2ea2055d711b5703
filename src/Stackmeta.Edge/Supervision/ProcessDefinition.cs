using System.Collections.Immutable;

namespace Stackmeta.Edge;

/// <summary>A process that the edge keeps running in a namespace.</summary>
sealed record ProcessDefinition
{
    /// <summary>The program, also the name in logs: <c>dnsmasq</c>, <c>haproxy</c>.</summary>
    public required string Program { get; init; }

    public required ImmutableArray<string> Arguments { get; init; }

    public required string Namespace { get; init; }

    /// <summary>Whom it runs as.</summary>
    public required PosixUser User { get; init; }

    /// <summary>The only capabilities that it has, in setpriv's spelling (<c>net_bind_service</c>).</summary>
    public required ImmutableArray<string> Capabilities { get; init; }

    /// <summary>It is ready once it has one of these ports; TCP listening or UDP bound.</summary>
    public required ImmutableArray<LocalPort> Ports { get; init; }

    /// <summary>
    /// <c>ip netns exec</c> enters the namespace, <c>setsid</c> leaves the terminal's process group, so that Ctrl-C reaches the
    /// edge alone, <c>setpriv</c> gives the rights up and asks the kernel to kill the process when the edge dies; each then
    /// becomes the next, so that the child's process id is the program's.
    /// </summary>
    public Command ToCommand()
    {
        // Found now, so that a missing one is named and not reported by setpriv as a failed exec.
        var program = Executables.Find(Program);
        var set = Capabilities.IsEmpty
            ? "-all"
            : $"-all,{string.Join(',', Capabilities.Select(capability => $"+{capability}"))}";
        string[] rights = ["--reuid", $"{User.Uid}", "--regid", $"{User.Gid}", "--clear-groups", "--no-new-privs"];
        string[] capabilities = [$"--bounding-set={set}", $"--inh-caps={set}", $"--ambient-caps={set}"];
        return new(
            "ip",
            [
                "netns",
                "exec",
                Namespace,
                Executables.Find("setsid"),
                Executables.Find("setpriv"),
                .. rights,
                .. capabilities,
                "--pdeathsig",
                "KILL",
                "--",
                program,
                .. Arguments,
            ]
        );
    }

    /// <summary>Whether a running process serves this definition too.</summary>
    public bool IsSameAs(ProcessDefinition other) =>
        Program == other.Program
        && Namespace == other.Namespace
        && User == other.User
        && Arguments.SequenceEqual(other.Arguments)
        && Capabilities.SequenceEqual(other.Capabilities);
}

/// <summary>A port of a process in its namespace.</summary>
/// <param name="Table">The file of /proc/net that lists it: <c>tcp</c>, <c>udp</c>, <c>tcp6</c>, <c>udp6</c>.</param>
sealed record LocalPort(string Table, int Port);
