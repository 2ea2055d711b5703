using System.Collections.Frozen;

namespace Stackmeta.Edge;

/// <summary>The programs that the edge runs, and the Debian packages that they come from.</summary>
static class Executables
{
    static readonly FrozenDictionary<string, string> Packages = new Dictionary<string, string>
    {
        ["ip"] = "iproute2",
        ["ss"] = "iproute2",
        ["sysctl"] = "procps",
        ["setpriv"] = "util-linux",
        ["setsid"] = "util-linux",
        ["dnsmasq"] = "dnsmasq-base",
        ["haproxy"] = "haproxy",
        ["radvd"] = "radvd",
        ["dhclient"] = "isc-dhcp-client",
        ["nft"] = "nftables",
        ["iptables-restore"] = "iptables",
        ["ip6tables-restore"] = "iptables",
    }.ToFrozenDictionary();

    /// <summary>Searched after PATH: an ordinary user's PATH lacks them.</summary>
    static readonly string[] SystemDirectories = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

    /// <summary>The full path of a program.</summary>
    /// <exception cref="EdgeException">It is missing; the message names the package.</exception>
    public static string Find(string name) => Path.IsPathRooted(name) ? name : Find(name, Directories);

    /// <summary>Whether the host has a program.</summary>
    public static bool Has(string name) => Directories.Any(directory => File.Exists(Path.Combine(directory, name)));

    static IEnumerable<string> Directories =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(SystemDirectories);

    public static string Find(string name, IEnumerable<string> directories) =>
        directories.Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists)
        ?? throw new EdgeException(
            Packages.TryGetValue(name, out var package)
                ? $"{name} is missing: apt-get install {package}"
                : $"{name} is missing."
        );
}
