using System.Globalization;
using System.Text;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Edge;

/// <summary>What /proc tells about processes. A process that has ended is absent; what could not be read says nothing of it.</summary>
static class ProcessTable
{
    /// <summary>TCP_LISTEN of include/net/tcp_states.h, as /proc/net/tcp prints it.</summary>
    const string Listening = "0A";

    /// <summary>Whether the process's namespace has the port: listening (TCP) or bound (UDP).</summary>
    public static Lookup<bool> HasPort(int process, LocalPort port)
    {
        // "  sl  local_address rem_address   st ...": the address is hex with the port after the last colon.
        var suffix = $":{port.Port:X4}";
        return Lookup.Of(() =>
            File.ReadLines($"/proc/{process}/net/{port.Table}")
                .Skip(1)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Any(fields =>
                    fields.Length > 3
                    && fields[1].EndsWith(suffix, StringComparison.Ordinal)
                    && (!port.Table.StartsWith("tcp", StringComparison.Ordinal) || fields[3] == Listening)
                )
        );
    }

    /// <summary>
    /// Processes of one of these programs with an argument below the directory. The directory is locked by one edge at a
    /// time, so they are what an edge that was killed left behind; no pid file can be stale or lie.
    /// </summary>
    /// <param name="unknown">Gets the reasons for which processes could not be looked at; null for who does not care.</param>
    public static IEnumerable<int> FindLeftOver(
        IReadOnlyCollection<string> programs,
        string directory,
        ICollection<string>? unknown = null
    )
    {
        foreach (var entry in Known(FileLookup.Directories("/proc"), unknown))
        {
            if (
                int.TryParse(Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && Known(ReadCommandLine(process), unknown) is [var program, .. var arguments]
                && programs.Contains(Path.GetFileName(program))
                && arguments.Any(argument => argument.Contains(directory + "/", StringComparison.Ordinal))
            )
            {
                yield return process;
            }
        }
    }

    static string[] Known(Lookup<string[]> lookup, ICollection<string>? unknown)
    {
        if (lookup.Reason is { } reason)
        {
            unknown?.Add(reason);
        }
        return lookup.IsFound(out var found) ? found : [];
    }

    /// <summary>The effective user that a process runs as.</summary>
    public static Lookup<uint> ReadUser(int process) =>
        FileLookup
            .ReadText($"/proc/{process}/status")
            .Then(static text =>
                // "Uid:", then real, effective, saved and file system user (man 5 proc).
                text.Split('\n').FirstOrDefault(static line => line.StartsWith("Uid:", StringComparison.Ordinal))
                    is { } line
                && line.Split('\t') is [_, _, var user, ..]
                && uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? Lookup.Found(number)
                    : Lookup.Unknown<uint>("its status has no user")
            );

    /// <summary>When a process was started, in ticks since the machine was (field 22 of /proc/PID/stat).</summary>
    public static Lookup<ulong> ReadStart(int process) =>
        FileLookup
            .ReadText($"/proc/{process}/stat")
            .Then(static text =>
                // The name, the second field, may hold anything; the third is the first after its parenthesis.
                text[(text.LastIndexOf(')') + 1)..].Split(' ')
                    is { Length: > 22 - 2 } fields
                && ulong.TryParse(fields[22 - 2], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
                    ? Lookup.Found(start)
                    : Lookup.Unknown<ulong>("its stat has no start")
            );

    /// <summary>The arguments, the program first; one that has ended and that nobody has waited for has none, and is absent too.</summary>
    public static Lookup<string[]> ReadCommandLine(int process) =>
        FileLookup
            .ReadBytes($"/proc/{process}/cmdline")
            .Then(static bytes =>
                Encoding.UTF8.GetString(bytes).Split('\0', StringSplitOptions.RemoveEmptyEntries)
                    is { Length: > 0 } arguments
                    ? Lookup.Found(arguments)
                    : Lookup.Absent<string[]>()
            );
}
