using System.Runtime.InteropServices;

namespace Stackmeta.Bench.Load;

/// <summary>What the figures were measured on.</summary>
public static class Machine
{
    /// <summary>One line: processor, cores, memory, kernel, framework.</summary>
    public static string Describe()
    {
        var processor = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(':', 2)[1]
            .Trim();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30;
        var kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        return $"{processor}, {Environment.ProcessorCount} cores, {memory} GiB, Linux {kernel}, {RuntimeInformation.FrameworkDescription}";
    }

    /// <summary>CPU time that the whole machine has used and idled since it started.</summary>
    public static (double Busy, double Idle) CpuSeconds()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var numbers = fields[1..].Select(double.Parse).ToArray();
        var idle = numbers[3] + numbers[4];
        return ((numbers[..8].Sum() - idle) / 100, idle / 100);
    }
}
