namespace Stackmeta.Edge;

/// <summary>
/// The packet rules in a router's namespace (spec/neutron-metadata.md §2.5): requests of guests to the metadata address
/// come to the proxy's port, nobody reaches that port otherwise, and none of those packets is forwarded.
/// </summary>
/// <remarks>
/// <c>qr-*</c> is every internal interface, never one that leads outside (LP#1187102, LP#1477553).
/// </remarks>
static class RouterRules
{
    /// <summary>Neutron's <c>metadata_access_mark</c>; the low 16 bits of a mark are shared, the high ones another's.</summary>
    public const string Mark = "0x1";

    /// <summary>Puts the rules in place.</summary>
    /// <param name="directory">Where their texts are written for the program to read.</param>
    /// <exception cref="EdgeException">The program is missing or refused.</exception>
    public static async Task ApplyAsync(
        string @namespace,
        string directory,
        PacketFilter filter,
        bool hasIpv6,
        CancellationToken cancellationToken
    )
    {
        if (filter == PacketFilter.Nftables || (filter == PacketFilter.Auto && Executables.Has("nft")))
        {
            var path = Path.Combine(directory, "rules.nft");
            await TextFile.WriteIfChangedAsync(path, NftablesRules.Text, cancellationToken);
            await RunAsync(@namespace, "nft", ["-f", path], cancellationToken);
            return;
        }
        var ipv4 = Path.Combine(directory, "rules.iptables");
        await TextFile.WriteIfChangedAsync(ipv4, IptablesRules.TextFor(MetadataAddress.Ipv4), cancellationToken);
        await RunAsync(@namespace, "iptables-restore", [ipv4], cancellationToken);
        if (hasIpv6)
        {
            var ipv6 = Path.Combine(directory, "rules.ip6tables");
            await TextFile.WriteIfChangedAsync(ipv6, IptablesRules.TextFor(MetadataAddress.Ipv6), cancellationToken);
            await RunAsync(@namespace, "ip6tables-restore", [ipv6], cancellationToken);
        }
    }

    static Task<string> RunAsync(
        string @namespace,
        string program,
        string[] arguments,
        CancellationToken cancellationToken
    ) =>
        new Command("ip", ["netns", "exec", @namespace, Executables.Find(program), .. arguments]).RunAsync(
            cancellationToken
        );
}
