using System.Globalization;

namespace Stackmeta.Hostile.Tests;

/// <summary>How it goes with what is attacked, to be compared with how it was.</summary>
sealed record Condition(
    IReadOnlyDictionary<string, int> Descriptors,
    IReadOnlyDictionary<string, long> Memory,
    IReadOnlyDictionary<string, string> Listeners,
    bool IsReady,
    string Status
)
{
    /// <summary>Connections to the next hop are kept for a while, and so are the files of a store.</summary>
    const int MoreDescriptors = 128;

    /// <summary>What the garbage collector may keep for later.</summary>
    const long MoreMemory = 256L << 20;

    public static async Task<Condition> OfAsync(World world)
    {
        var descriptors = new Dictionary<string, int>();
        var memory = new Dictionary<string, long>();
        foreach (var (name, process) in ProcessesOf(world))
        {
            try
            {
                descriptors[name] = Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count();
                memory[name] = MemoryOf(process);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                descriptors[name] = -1;
                memory[name] = -1;
            }
        }
        var listeners = new Dictionary<string, string>();
        foreach (var network in (GuestNetwork[])[world.First, world.Second])
        {
            var shown = await Shell.RunAsync("ip", "netns", "exec", network.Namespace, "ss", "-Hltn");
            listeners[network.Id] = string.Join(
                ' ',
                shown
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3])
                    .Distinct()
                    .Order(StringComparer.Ordinal)
            );
        }
        var status = await world.StackmetaAsync("status");
        return new(descriptors, memory, listeners, status.Code == 0, status.Output + status.Error);
    }

    /// <summary>What is not as it was; empty when all is well.</summary>
    public IReadOnlyList<string> WorseThan(Condition before)
    {
        var worse = new List<string>();
        foreach (var (name, count) in before.Descriptors)
        {
            var now = Descriptors.GetValueOrDefault(name, -1);
            if (now < 0 || now > count + MoreDescriptors)
            {
                worse.Add($"{name} had {count} descriptors and has {now}");
            }
            if (Memory.GetValueOrDefault(name) > before.Memory[name] + MoreMemory)
            {
                worse.Add($"{name} had {before.Memory[name] >> 20} MiB and has {Memory[name] >> 20}");
            }
        }
        foreach (var (network, listeners) in before.Listeners)
        {
            if (Listeners[network] != listeners)
            {
                worse.Add($"network {network} had listeners at {listeners} and has {Listeners[network]}");
            }
        }
        if (!IsReady)
        {
            worse.Add($"it is not ready: {Status}");
        }
        return worse;
    }

    /// <summary>The programs and their other halves; not what they start of other people's.</summary>
    public static IEnumerable<(string Name, int Process)> ProcessesOf(World world)
    {
        foreach (var (name, program) in world.Programs)
        {
            yield return (name, program.ProcessId);
            foreach (var half in ChildrenOf(program.ProcessId))
            {
                yield return ($"{name}'s other half", half);
            }
        }
    }

    static IEnumerable<int> ChildrenOf(int process) =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id =>
                id > 0
                && StatusOf(id, "PPid") == process
                && CommandOf(id).EndsWith("stackmeta", StringComparison.Ordinal)
            );

    static string CommandOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Split('\0')[0];
        }
        catch (IOException)
        {
            return "";
        }
    }

    static long MemoryOf(int process) => StatusOf(process, "VmRSS") * 1024;

    static long StatusOf(int process, string field)
    {
        try
        {
            foreach (var line in File.ReadLines($"/proc/{process}/status"))
            {
                if (line.StartsWith(field + ":", StringComparison.Ordinal))
                {
                    return long.Parse(
                        line[(field.Length + 1)..].Replace("kB", "", StringComparison.Ordinal),
                        CultureInfo.InvariantCulture
                    );
                }
            }
        }
        catch (IOException)
        {
            // It has just ended.
        }
        return -1;
    }
}
