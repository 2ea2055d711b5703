using System.Globalization;
using System.Runtime.InteropServices;

namespace Stackmeta;

/// <summary>
/// Gives back what only the start needed: reading files and making networks takes many times the memory that answering does, and much of
/// the program's code is not used again.
/// </summary>
static partial class StartMemory
{
    /// <summary>
    /// asm-generic/mman-common.h, MADV_DONTNEED: the pages leave this process; those of a file are found again in the kernel's cache.
    /// </summary>
    const int DoNotNeed = 4;

    /// <summary>
    /// To be called when everything is started and nobody has been answered yet, so that nobody waits: once guests ask, hardly anything
    /// lives long enough for the collector to look.
    /// </summary>
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            foreach (var (start, length) in PristineParts(File.ReadLines("/proc/self/smaps")))
            {
                // If it fails, the memory stays as it is.
                _ = Advise(start, length, DoNotNeed);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No /proc: nothing is given back.
        }
    }

    /// <summary>
    /// Where the program and its libraries are in memory as they are on disk: parts that cannot be written to, and of which no page was
    /// ever changed, so that none is lost when it leaves the memory.
    /// </summary>
    /// <param name="lines">As proc_pid_smaps(5) has them.</param>
    internal static IEnumerable<(nint Start, nint Length)> PristineParts(IEnumerable<string> lines)
    {
        (nint, nint)? part = null;
        var isPristine = false;
        foreach (var line in lines)
        {
            if (IsHead(line, out var start, out var end))
            {
                if (part is { } whole && isPristine)
                {
                    yield return whole;
                }
                var isReadOnly = line.AsSpan(line.IndexOf(' ') + 1).StartsWith("r-");
                // Others are named [vdso] and the like, or not at all.
                var isOfFile = line.Contains(" /", StringComparison.Ordinal);
                part = isReadOnly && isOfFile ? (start, end - start) : null;
                isPristine = true;
            }
            else if (line.StartsWith("Anonymous:", StringComparison.Ordinal))
            {
                isPristine &= line.AsSpan("Anonymous:".Length).Trim().SequenceEqual("0 kB");
            }
        }
        if (part is { } last && isPristine)
        {
            yield return last;
        }
    }

    /// <summary>
    /// <c>from-to rights offset device inode path</c>, with addresses in hexadecimal digits; other lines have a name and a colon.
    /// </summary>
    static bool IsHead(string line, out nint start, out nint end)
    {
        (start, end) = (0, 0);
        var dash = line.IndexOf('-', StringComparison.Ordinal);
        var blank = line.IndexOf(' ', StringComparison.Ordinal);
        return dash > 0
            && blank > dash
            && nint.TryParse(line.AsSpan(0, dash), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out start)
            && nint.TryParse(
                line.AsSpan(dash + 1, blank - dash - 1),
                NumberStyles.HexNumber,
                CultureInfo.InvariantCulture,
                out end
            );
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint start, nint length, int advice);
}
