using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

[assembly: AssemblyFixture(typeof(Stackmeta.Tests.Support.Rig.LeftBehind))]

namespace Stackmeta.Tests.Support.Rig;

/// <summary>
/// Takes away what tests have left on the machine that failed or were killed: bridges, namespaces and folders of the program's
/// runs, which all carry the number of the process that the tests ran in.
/// </summary>
public sealed partial class LeftBehind : IAsyncLifetime
{
    const string Prefix = "stackmeta-e2e-";

    /// <summary>What the folders of this process are named with.</summary>
    internal static string FolderPrefix => $"{Prefix}{Environment.ProcessId}-";

    /// <summary>Of processes that are no more.</summary>
    public ValueTask InitializeAsync() => SweepAsync(process => !Directory.Exists($"/proc/{process}"));

    public ValueTask DisposeAsync() => SweepAsync(process => process == Environment.ProcessId);

    static async ValueTask SweepAsync(Func<int, bool> isGone)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return;
        }
        foreach (var name in await MarkedAsync(isGone, "-details", "-json", "link", "show"))
        {
            await Shell.TryAsync("ip", ["link", "delete", "dev", name]);
        }
        foreach (var name in Namespaces())
        {
            if ((await MarkedAsync(isGone, "-n", name, "-details", "-json", "link", "show", "dev", "lo")).Count > 0)
            {
                await Shell.TryAsync("ip", ["netns", "delete", name]);
            }
        }
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), $"{Prefix}*"))
        {
            if (IsMarked(folder + "/", isGone))
            {
                await Shell.TryAsync("umount", ["-l", folder]);
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    static IEnumerable<string> Namespaces() =>
        Directory.Exists("/run/netns")
            ? Directory
                .EnumerateFiles("/run/netns")
                .Select(path => Path.GetFileName(path))
                .Where(name =>
                    name.StartsWith("qdhcp-", StringComparison.Ordinal)
                    || name.StartsWith("qrouter-", StringComparison.Ordinal)
                )
            : [];

    /// <summary>Interfaces whose alias tells a folder of such a process.</summary>
    static async Task<List<string>> MarkedAsync(Func<int, bool> isGone, params string[] arguments)
    {
        var shown = await Shell.TryAsync("ip", arguments);
        if (shown.Code != 0 || shown.Output.Trim().Length == 0)
        {
            return [];
        }
        using var links = JsonDocument.Parse(shown.Output);
        return
        [
            .. links
                .RootElement.EnumerateArray()
                .Where(link => link.TryGetProperty("ifalias", out var alias) && IsMarked(alias.GetString()!, isGone))
                .Select(link => link.GetProperty("ifname").GetString()!),
        ];
    }

    static bool IsMarked(string text, Func<int, bool> isGone) =>
        Mark().Match(text) is { Success: true } mark
        && isGone(int.Parse(mark.Groups["process"].ValueSpan, CultureInfo.InvariantCulture));

    [GeneratedRegex(
        $"/{Prefix}(?<process>[0-9]{{1,9}})-[^/]*/",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Mark();
}
