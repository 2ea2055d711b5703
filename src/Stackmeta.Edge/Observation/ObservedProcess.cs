namespace Stackmeta.Edge;

/// <summary>What /proc tells of a process that may be anybody's.</summary>
public static class ObservedProcess
{
    /// <summary>Its arguments, the program first; empty when it has ended or cannot be looked at, which decides nothing here.</summary>
    public static string[] ArgumentsOf(int process) =>
        ProcessTable.ReadCommandLine(process).IsFound(out var arguments) ? arguments : [];

    /// <summary>
    /// Whether it is stopped by a signal or a debugger, or has ended without anybody noticing (proc(5), state T, t or Z).
    /// </summary>
    public static bool IsStopped(int process)
    {
        try
        {
            // The name before it is in parentheses and may hold anything.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] is 'T' or 't' or 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>
    /// The unix socket to which a haproxy of ours or Neutron's forwards, by the file that it was started with; null when it cannot be told.
    /// </summary>
    public static string? AgentSocketOfHaproxy(string[] arguments)
    {
        const string Server = "server metadata ";
        var file = arguments.SkipWhile(argument => argument != "-f").Skip(1).FirstOrDefault();
        try
        {
            return file is null
                ? null
                : File.ReadLines(file)
                    .Select(line => line.Trim())
                    .FirstOrDefault(line => line.StartsWith(Server, StringComparison.Ordinal))
                    ?[Server.Length..].Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
