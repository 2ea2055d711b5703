using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>Who holds a listening socket.</summary>
/// <param name="Process">Its id.</param>
/// <param name="Program">The program's name.</param>
/// <param name="IsProxy">It is a program that should listen there.</param>
/// <param name="HasAgent">Edge and agent are this one process, and no socket lies between them.</param>
/// <param name="IsStopped">The process is stopped (SIGSTOP).</param>
/// <param name="AgentSocket">The socket that it forwards to, where its own file or command line tells; else null.</param>
sealed record ListenerOwner(
    int Process,
    string Program,
    bool IsProxy,
    bool HasAgent,
    bool IsStopped,
    string? AgentSocket
)
{
    /// <summary>The setting by which an edge is told of the agent, on a command line.</summary>
    static readonly string _agentSocket = KnownSettings.AgentSocket.Name + "=";

    /// <summary>
    /// The setting that the serving half of two has and the opening half lacks, which holds the same sockets (docs/few-rights.md).
    /// </summary>
    static readonly string _opener = KnownSettings.EdgeOpener.Name + "=";

    /// <summary>Looks who holds it; null where it cannot be seen.</summary>
    public static ListenerOwner? Of(ObservedListener listener) =>
        listener
            .FindOwners()
            .Select(owner => (owner.Process, owner.Program, Arguments: ObservedProcess.ArgumentsOf(owner.Process)))
            // One who keeps the socket for another, as systemd's descriptor store does, is not asked.
            .OrderBy(owner =>
                owner.Arguments.Any(argument => argument.StartsWith(_opener, StringComparison.Ordinal)) ? 0 : 1
            )
            .ThenBy(owner => IsOurs(owner.Program, owner.Arguments) ? 0 : 1)
            .Select(owner => Of(owner.Process, owner.Program, owner.Arguments))
            .OrderBy(owner => owner.IsProxy ? 0 : 1)
            .FirstOrDefault();

    static ListenerOwner Of(int process, string program, string[] arguments)
    {
        var isHaproxy = program == "haproxy";
        var isOurs = IsOurs(program, arguments);
        return new(
            process,
            program,
            // Neutron's own proxy before haproxy took its place, and who keeps sockets over a restart.
            isOurs
                || isHaproxy
                || process == 1
                || arguments.Any(argument => argument.Contains("ns-metadata-proxy", StringComparison.Ordinal)),
            isOurs && RunsAgent(arguments),
            ObservedProcess.IsStopped(process),
            isHaproxy ? ObservedProcess.AgentSocketOfHaproxy(arguments)
                : isOurs
                    ? arguments
                        .LastOrDefault(argument => argument.StartsWith(_agentSocket, StringComparison.Ordinal))
                        ?[_agentSocket.Length..]
                : null
        );
    }

    static bool IsOurs(string program, string[] arguments) =>
        program == "stackmeta"
        || (
            program == "dotnet"
            && arguments.Any(argument => argument.EndsWith("stackmeta.dll", StringComparison.Ordinal))
        );

    /// <summary>'up' is all hops in one, and so is 'edge' that is given Neutron's files.</summary>
    static bool RunsAgent(string[] arguments) =>
        arguments.Contains("up")
        || (arguments.Contains("edge") && (arguments.Contains("--config-file") || arguments.Contains("--config-dir")));
}
