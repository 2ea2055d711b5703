using System.Globalization;

namespace Stackmeta.Edge;

/// <summary>What this process may do (capabilities(7)).</summary>
static class Privileges
{
    // linux/capability.h.
    const int NetAdmin = 12;
    const int SysAdmin = 21;

    /// <exception cref="EdgeException">Namespaces and interfaces cannot be made; the message says what to run.</exception>
    public static void RequireNetworkAdministration()
    {
        const string Field = "CapEff:";
        var line =
            File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal))
            ?? Field;
        _ = ulong.TryParse(
            line.AsSpan(Field.Length).Trim(),
            NumberStyles.HexNumber,
            CultureInfo.InvariantCulture,
            out var effective
        );
        const ulong Needed = 1UL << NetAdmin | 1UL << SysAdmin;
        if ((effective & Needed) != Needed)
        {
            throw new EdgeException(
                $"Networks need CAP_NET_ADMIN and CAP_SYS_ADMIN to be made: run as root, for example: sudo {CommandLine()}"
            );
        }
    }

    static string CommandLine() =>
        string.Join(
            ' ',
            [Path.GetFileName(Environment.ProcessPath ?? "stackmeta"), .. Environment.GetCommandLineArgs().Skip(1)]
        );
}
