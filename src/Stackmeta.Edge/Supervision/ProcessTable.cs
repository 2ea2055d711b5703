using System.Globalization;
using System.Text;

namespace Stackmeta.Edge;

/// <summary>What /proc tells about processes.</summary>
static class ProcessTable
{
    /// <summary>TCP_LISTEN of include/net/tcp_states.h, as /proc/net/tcp prints it.</summary>
    const string Listening = "0A";

    /// <summary>Whether the process's namespace has the port: listening (TCP) or bound (UDP).</summary>
    public static bool HasPort(int process, LocalPort port)
    {
        try
        {
            // "  sl  local_address rem_address   st ...": the address is hex with the port after the last colon.
            var suffix = $":{port.Port:X4}";
            return File.ReadLines($"/proc/{process}/net/{port.Table}")
                .Skip(1)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Any(fields =>
                    fields.Length > 3
                    && fields[1].EndsWith(suffix, StringComparison.Ordinal)
                    && (!port.Table.StartsWith("tcp", StringComparison.Ordinal) || fields[3] == Listening)
                );
        }
        catch (IOException)
        {
            // It has ended.
            return false;
        }
    }

    /// <summary>
    /// Processes of one of these programs with an argument below the directory. The directory is locked by one edge at a
    /// time, so they are what an edge that was killed left behind; no pid file can be stale or lie.
    /// </summary>
    public static IEnumerable<int> FindLeftOver(IReadOnlyCollection<string> programs, string directory)
    {
        foreach (var entry in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && ReadCommandLine(process) is [var program, .. var arguments]
                && programs.Contains(Path.GetFileName(program))
                && arguments.Any(argument => argument.Contains(directory + "/", StringComparison.Ordinal))
            )
            {
                yield return process;
            }
        }
    }

    /// <summary>The effective user that a process runs as; null when it has ended.</summary>
    public static uint? ReadUser(int process)
    {
        try
        {
            // "Uid:", then real, effective, saved and file system user (man 5 proc).
            var line = File.ReadLines($"/proc/{process}/status")
                .FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal));
            return
                line?.Split('\t') is [_, _, var user, ..]
                && uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>When a process was started, in ticks since the machine was (field 22 of /proc/PID/stat); 0 when it has ended.</summary>
    public static ulong ReadStart(int process)
    {
        try
        {
            // The name, the second field, may hold anything; the third is the first after its parenthesis.
            var text = File.ReadAllText($"/proc/{process}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return ulong.Parse(fields[22 - 3], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>The arguments, the program first; empty when it has ended.</summary>
    public static string[] ReadCommandLine(int process)
    {
        try
        {
            return Encoding
                .UTF8.GetString(File.ReadAllBytes($"/proc/{process}/cmdline"))
                .Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
