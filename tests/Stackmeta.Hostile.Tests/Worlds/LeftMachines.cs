using System.Globalization;

namespace Stackmeta.Hostile.Tests;

/// <summary>Takes away machines whose tests were killed.</summary>
static class LeftMachines
{
    public static async Task RemoveAsync()
    {
        if (!Directory.Exists("/run/netns"))
        {
            return;
        }
        foreach (var name in Directory.EnumerateFiles("/run/netns", "hostile-*").Select(path => Path.GetFileName(path)))
        {
            if (
                int.TryParse(name.Split('-')[1], CultureInfo.InvariantCulture, out var process)
                && !Directory.Exists($"/proc/{process}")
            )
            {
                await Shell.TryAsync("ip", ["netns", "delete", name]);
            }
        }
    }
}
