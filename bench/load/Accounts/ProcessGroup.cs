using System.Globalization;

namespace Stackmeta.Bench.Load;

/// <summary>Processes that serve together: those named and all that descend from them.</summary>
/// <param name="Name">What tables call them.</param>
/// <param name="Roots">Process ids.</param>
public sealed record ProcessGroup(string Name, IReadOnlyList<int> Roots)
{
    /// <summary>The kernel's ticks a second in /proc, which is 100 on every architecture that .NET runs on.</summary>
    const double Ticks = 100;

    /// <summary>Whether those that descend from them are left out.</summary>
    public bool OnlyRoots { get; init; }

    /// <summary>CPU time that they have used, all threads, children that have ended included.</summary>
    public TimeSpan CpuTime()
    {
        var ticks = 0L;
        foreach (var fields in Members().Select(ReadStat).OfType<string[]>())
        {
            // utime, stime, cutime, cstime: fields 14 to 17 of proc(5), of which the first two are cut off.
            ticks += Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]);
        }
        return TimeSpan.FromSeconds(ticks / Ticks);
    }

    /// <summary>Proportional set size in KiB: memory, shared pages divided among those who share them.</summary>
    public long PssKib() => Members().Sum(id => ReadKib($"/proc/{id}/smaps_rollup", "Pss:"));

    /// <summary>The most memory that was resident, in KiB, added up.</summary>
    public long PeakKib() => Members().Sum(id => ReadKib($"/proc/{id}/status", "VmHWM:"));

    /// <summary>Threads of all of them.</summary>
    public int Threads() => Members().Sum(id => Directory.GetDirectories($"/proc/{id}/task").Length);

    List<int> Members()
    {
        if (OnlyRoots)
        {
            return [.. Roots];
        }
        var children = new Dictionary<int, List<int>>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id) && ReadStat(id) is { } fields)
            {
                var parent = (int)Number(fields[1]);
                (children.TryGetValue(parent, out var siblings) ? siblings : children[parent] = []).Add(id);
            }
        }
        var members = new List<int>();
        var todo = new Stack<int>(Roots);
        while (todo.TryPop(out var id))
        {
            members.Add(id);
            foreach (var child in children.GetValueOrDefault(id) ?? [])
            {
                todo.Push(child);
            }
        }
        return members;
    }

    /// <summary>The fields after the name, which may hold anything.</summary>
    static string[]? ReadStat(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    static long ReadKib(string file, string key)
    {
        try
        {
            var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
            return line is null ? 0 : Number(line[key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim());
        }
        catch (IOException)
        {
            return 0;
        }
    }

    static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
