using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary><c>stackmeta subnet</c>.</summary>
sealed class SubnetNoun() : Noun<SubnetEntry>("subnet", "Subnets of networks.", needsName: false)
{
    public override IEntries<SubnetEntry> Of(IInventory inventory) => inventory.Subnets;

    public override SubnetEntry New(string name) => new() { Name = name, GatewayIp = SubnetEntry.AutomaticGateway };

    public override JsonTypeInfo<SubnetEntry> Shape => InventoryJson.Default.SubnetEntry;

    public override string IdOf(SubnetEntry entry) => entry.Id;

    public override IReadOnlyList<string> Columns => ["id", "name", "network", "cidr", "gateway", "dhcp server"];

    public override (string Create, string List, string Set) Examples =>
        (
            "stackmeta subnet create --network private --cidr 10.0.0.0/24 --dns-nameserver 9.9.9.9",
            "stackmeta subnet list --network private",
            "stackmeta subnet set private-v4 --gateway none --dhcp false"
        );

    public override async ValueTask<IEnumerable<IReadOnlyList<string?>>> RowsAsync(
        IInventory inventory,
        IReadOnlyList<SubnetEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var networks = await NetworkNames.ReadAsync(inventory, cancellationToken);
        return entries.Select(entry =>
            (IReadOnlyList<string?>)
                [entry.Id, entry.Name, networks.Of(entry.NetworkId), entry.Cidr, entry.GatewayIp, entry.DhcpServer]
        );
    }

    public override EntryOptions<SubnetEntry> Options(bool isNew) => new SubnetOptions(isNew);

    public override EntryOptions<SubnetEntry> UnsetOptions() => new SubnetUnsetOptions();

    public override ListFilter<SubnetEntry> Filter() => new NetworkFilter<SubnetEntry>(entry => entry.NetworkId);

    sealed class SubnetOptions(bool isNew) : EntryOptions<SubnetEntry>
    {
        readonly Option<string?> _id = OptionKinds.Text("--id", "The uuid, when it must be a certain one", "UUID");
        readonly Option<string?> _name = OptionKinds.Text("--name", "Another name", "NAME");
        readonly Option<string?> _network = OptionKinds.Text("--network", "The network it is of", "NETWORK", true);
        readonly Option<string?> _cidr = OptionKinds.Text("--cidr", "Its addresses", "CIDR", true);
        readonly Option<string?> _gateway = OptionKinds.Text(
            "--gateway",
            "The gateway; auto is the first address, and what a new subnet gets",
            "ADDRESS|auto|none"
        );
        readonly Option<bool?> _dhcp = new("--dhcp")
        {
            Description = "Whether guests get their addresses by DHCP; a new subnet does",
            HelpName = "true|false",
        };
        readonly Option<string?> _dhcpServer = OptionKinds.Text(
            "--dhcp-server",
            "The DHCP server's address; the lowest free one if not given",
            "ADDRESS"
        );
        readonly Option<string[]> _nameservers = OptionKinds.Texts("--dns-nameserver", "Adds a name server", "ADDRESS");
        readonly Option<string[]> _routes = OptionKinds.Texts(
            "--host-route",
            "Adds a route for guests",
            "destination=CIDR,nexthop=ADDRESS"
        );
        readonly Option<bool> _noNameservers = OptionKinds.Flag(
            "--no-dns-nameserver",
            "Removes all name servers first"
        );
        readonly Option<bool> _noRoutes = OptionKinds.Flag("--no-host-route", "Removes all routes first");
        readonly Option<string?> _mode = OptionKinds.Text(
            "--ipv6-address-mode",
            "How guests get IPv6 addresses",
            "slaac|dhcpv6-stateless|dhcpv6-stateful|none"
        );

        public override IEnumerable<Option> All =>
            [
                .. isNew ? [_id, _network, _cidr] : (IEnumerable<Option>)[_name],
                _gateway,
                _dhcp,
                _dhcpServer,
                _nameservers,
                _routes,
                .. isNew ? [] : (IEnumerable<Option>)[_noNameservers, _noRoutes],
                _mode,
            ];

        public override Func<SubnetEntry, SubnetEntry> Read(ParseResult parsed)
        {
            var routes = parsed.GetValue(_routes)!.Select(Route).ToList();
            return entry =>
            {
                entry = isNew
                    ? entry with
                    {
                        Id = parsed.GetValue(_id) ?? "",
                        NetworkId = parsed.GetValue(_network)!,
                        Cidr = parsed.GetValue(_cidr)!,
                    }
                    : entry with
                    {
                        Name = parsed.GetValue(_name) ?? entry.Name,
                    };
                return entry with
                {
                    GatewayIp = OrNone(parsed.GetValue(_gateway), entry.GatewayIp),
                    EnableDhcp = parsed.GetValue(_dhcp) ?? entry.EnableDhcp,
                    DhcpServer = parsed.GetValue(_dhcpServer) ?? entry.DhcpServer,
                    DnsNameservers =
                    [
                        .. ListChange.Add(
                            entry.DnsNameservers,
                            !isNew && parsed.GetValue(_noNameservers),
                            parsed.GetValue(_nameservers)!
                        ),
                    ],
                    HostRoutes = [.. ListChange.Add(entry.HostRoutes, !isNew && parsed.GetValue(_noRoutes), routes)],
                    Ipv6AddressMode = OrNone(parsed.GetValue(_mode), entry.Ipv6AddressMode),
                };
            };
        }

        static string? OrNone(string? said, string? present) =>
            said switch
            {
                null => present,
                "none" => null,
                _ => said,
            };
    }

    sealed class SubnetUnsetOptions : EntryOptions<SubnetEntry>
    {
        readonly Option<string[]> _nameservers = OptionKinds.Texts(
            "--dns-nameserver",
            "Removes a name server",
            "ADDRESS"
        );
        readonly Option<string[]> _routes = OptionKinds.Texts(
            "--host-route",
            "Removes a route for guests",
            "destination=CIDR,nexthop=ADDRESS"
        );

        public override IEnumerable<Option> All => [_nameservers, _routes];

        public override Func<SubnetEntry, SubnetEntry> Read(ParseResult parsed) =>
            entry =>
                entry with
                {
                    DnsNameservers =
                    [
                        .. ListChange.Remove(
                            "name server",
                            entry.DnsNameservers,
                            parsed.GetValue(_nameservers)!,
                            static (present, text) => present == text
                        ),
                    ],
                    HostRoutes =
                    [
                        .. ListChange.Remove(
                            "host route",
                            entry.HostRoutes,
                            parsed.GetValue(_routes)!,
                            static (present, text) => present == Route(text)
                        ),
                    ],
                };
    }

    static HostRouteEntry Route(string text)
    {
        var values = KeyValues.Many("--host-route", text, "destination", "nexthop");
        return new(values.GetValueOrDefault("destination", ""), values.GetValueOrDefault("nexthop", ""));
    }
}
