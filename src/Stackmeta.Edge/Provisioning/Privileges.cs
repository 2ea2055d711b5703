using System.Globalization;

namespace Stackmeta.Edge;

/// <summary>What this process may do (capabilities(7)).</summary>
static class Privileges
{
    // linux/capability.h.
    const int NetBindService = 10;
    const int NetAdmin = 12;
    const int SysAdmin = 21;

    /// <exception cref="EdgeException">Namespaces and interfaces cannot be made; the message says what to run.</exception>
    public static void RequireNetworkAdministration() =>
        Require(1UL << NetAdmin | 1UL << SysAdmin, "Networks need CAP_NET_ADMIN and CAP_SYS_ADMIN to be made");

    /// <exception cref="EdgeException">Namespaces cannot be entered; the message says what to run.</exception>
    public static void RequireNamespaceEntry() =>
        Require(
            1UL << NetBindService | 1UL << SysAdmin,
            "Listening in network namespaces needs CAP_SYS_ADMIN and CAP_NET_BIND_SERVICE"
        );

    static void Require(ulong needed, string what)
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
        if ((effective & needed) != needed)
        {
            throw new EdgeException($"{what}: run as root, for example: sudo {CommandLine()}");
        }
    }

    static string CommandLine() =>
        string.Join(
            ' ',
            [Path.GetFileName(Environment.ProcessPath ?? "stackmeta"), .. Environment.GetCommandLineArgs().Skip(1)]
        );
}
