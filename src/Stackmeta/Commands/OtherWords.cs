namespace Stackmeta;

/// <summary>What other programs call the things and deeds that this one has: the words of <c>openstack</c>, <c>virsh</c>, <c>ip</c> and shells.</summary>
static class OtherWords
{
    static readonly Dictionary<string, string> _commands = new(StringComparer.OrdinalIgnoreCase)
    {
        ["server"] = "instance",
        ["servers"] = "instance",
        ["vm"] = "instance",
        ["guest"] = "instance",
        ["domain"] = "instance",
        ["machine"] = "instance",
        ["net"] = "network",
        ["nic"] = "port",
        ["vif"] = "port",
        ["interface"] = "port",
        ["link"] = "port",
        ["start"] = "up",
        ["run"] = "up",
        ["serve"] = "up",
        ["daemon"] = "up",
        ["stop"] = "down",
        ["config"] = "settings",
        ["configuration"] = "settings",
        ["options"] = "settings",
        ["env"] = "settings",
        ["logs"] = "trace",
        ["log"] = "trace",
        ["follow"] = "trace",
        ["errors"] = "refusals",
        ["diagnose"] = "explain",
        ["doctor"] = "explain",
        ["why"] = "explain",
        ["curl"] = "get",
        ["fetch"] = "get",
        ["load"] = "import",
        ["restore"] = "import",
        ["apply"] = "import",
        ["save"] = "export",
        ["dump"] = "export",
        ["backup"] = "export",
        ["man"] = "manual",
        ["health"] = "status",
        ["ps"] = "status",
        ["ui"] = "console",
        ["dashboard"] = "console",
        ["metadata-agent"] = "agent",
        ["ovn-agent"] = "agent",
        ["ovn-metadata-agent"] = "agent",
        ["neutron-metadata-agent"] = "agent",
        ["neutron-ovn-metadata-agent"] = "agent",
        ["nova-api-metadata"] = "api",
        ["metadata-api"] = "api",
        ["metadata-proxy"] = "edge",
        ["proxy"] = "edge",
        ["configdrive"] = "config-drive",
        ["new"] = "create",
        ["add"] = "create",
        ["make"] = "create",
        ["rm"] = "delete",
        ["del"] = "delete",
        ["remove"] = "delete",
        ["destroy"] = "delete",
        ["ls"] = "list",
        ["describe"] = "show",
        ["info"] = "show",
        ["get"] = "show",
        ["update"] = "set",
        ["change"] = "set",
        ["modify"] = "set",
        ["plug"] = "attach",
        ["unplug"] = "detach",
        ["cat"] = "show",
        ["compare"] = "diff",
    };

    static readonly Dictionary<string, string> _options = new(StringComparer.OrdinalIgnoreCase)
    {
        ["--json"] = "--output json",
        ["--yaml"] = "--output yaml",
        ["--wide"] = "--output wide",
        ["--columns"] = "--column",
        ["--order-by"] = "--sort",
        ["--net"] = "--network",
        ["--server"] = "--instance",
        ["--vm"] = "--instance",
        ["--subnet-range"] = "--cidr",
        ["--no-dhcp"] = "--dhcp false",
        ["--ip"] = "--fixed-ip",
        ["--mac"] = "--mac-address",
        ["--metadata"] = "--property",
        ["--meta"] = "--property",
        ["--datadir"] = "--data",
        ["--config-file"] = "--config",
        ["--dry"] = "--dry-run",
    };

    /// <summary>Our word for a command; null where it is none's, or not a command here.</summary>
    public static string? ForCommand(string word, IEnumerable<string> here) =>
        _commands.TryGetValue(word, out var ours) && here.Contains(ours) ? ours : null;

    /// <summary>Our words for an option; null where it is none's, or no option here.</summary>
    public static string? ForOption(string word, IEnumerable<string> here) =>
        _options.TryGetValue(word, out var ours) && here.Contains(ours.Split(' ')[0]) ? ours : null;
}
