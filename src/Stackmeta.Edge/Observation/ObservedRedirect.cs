using System.Globalization;

namespace Stackmeta.Edge;

/// <summary>Whether a router's namespace turns requests to the metadata address to its proxy (spec/neutron-metadata.md §2.5).</summary>
public static class ObservedRedirect
{
    /// <summary>Looks for the rule in nftables and iptables, ours or Neutron's.</summary>
    /// <returns>Null where neither program can tell.</returns>
    public static async Task<bool?> LookAsync(string @namespace, CancellationToken cancellationToken)
    {
        var port = MetadataAddress.RouterPort.ToString(CultureInfo.InvariantCulture);
        var nftables = HasAsync(@namespace, "nft", ["list", "ruleset"], $"redirect to :{port}", cancellationToken);
        var iptables = HasAsync(
            @namespace,
            "iptables-save",
            ["-t", "nat"],
            $"REDIRECT --to-ports {port}",
            cancellationToken
        );
        return (await nftables, await iptables) switch
        {
            (true, _) or (_, true) => true,
            (null, null) => null,
            _ => false,
        };
    }

    static async Task<bool?> HasAsync(
        string @namespace,
        string program,
        string[] arguments,
        string rule,
        CancellationToken cancellationToken
    )
    {
        if (!Executables.Has(program))
        {
            return null;
        }
        var told = await new Command(
            "ip",
            ["netns", "exec", @namespace, Executables.Find(program), .. arguments]
        ).CaptureAsync(cancellationToken);
        return told.ExitCode == 0 ? told.Output.Contains(rule, StringComparison.Ordinal) : null;
    }
}
