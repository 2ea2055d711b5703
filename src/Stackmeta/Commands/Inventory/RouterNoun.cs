using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary><c>stackmeta router</c>. A router's interfaces are ports; its options spare the user from making them.</summary>
sealed class RouterNoun() : Noun<RouterEntry>("router", "Routers, which lead to several networks.", needsName: true)
{
    public override IEntries<RouterEntry> Of(IInventory inventory) => inventory.Routers;

    public override RouterEntry New(string name) => new() { Name = name };

    public override JsonTypeInfo<RouterEntry> Shape => InventoryJson.Default.RouterEntry;

    public override string IdOf(RouterEntry entry) => entry.Id;

    public override IReadOnlyList<string> Columns => ["id", "name", "project", "networks"];

    public override (string Create, string List, string Set) Examples =>
        (
            "stackmeta router create edge --interface private-v4",
            "stackmeta router list",
            "stackmeta router set edge --interface backend-v4 --no-interface private-v4"
        );

    public override async ValueTask<IEnumerable<IReadOnlyList<string?>>> RowsAsync(
        IInventory inventory,
        IReadOnlyList<RouterEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var names = await NetworkNames.ReadAsync(inventory, cancellationToken);
        var networks = await inventory
            .Ports.ListAsync(cancellationToken)
            .Where(IsInterface)
            .ToLookupAsync(
                port => port.DeviceId,
                port => names.Of(port.NetworkId),
                cancellationToken: cancellationToken
            );
        return entries.Select(entry =>
            (IReadOnlyList<string?>)
                [entry.Id, entry.Name, entry.ProjectId, string.Join(", ", networks[entry.Id].Distinct())]
        );
    }

    public override async ValueTask<IEnumerable<(string Name, JsonNode Value)>> FurtherAsync(
        IInventory inventory,
        RouterEntry entry,
        CancellationToken cancellationToken
    )
    {
        var networks = await NetworkNames.ReadAsync(inventory, cancellationToken);
        var subnets = await inventory
            .Subnets.ListAsync(cancellationToken)
            .ToDictionaryAsync(
                static subnet => subnet.Id,
                static subnet => subnet.Name.Length > 0 ? subnet.Name : subnet.Cidr,
                cancellationToken: cancellationToken
            );
        var interfaces = new JsonArray();
        await foreach (var port in inventory.Ports.ListAsync(cancellationToken))
        {
            if (port.DeviceId != entry.Id || !IsInterface(port))
            {
                continue;
            }
            foreach (var address in port.FixedIps!.Value)
            {
                interfaces.Add(
                    (JsonNode)
                        new JsonObject
                        {
                            ["network"] = networks.Of(port.NetworkId),
                            ["subnet"] = subnets.GetValueOrDefault(address.SubnetId, address.SubnetId),
                            ["ip_address"] = address.IpAddress,
                            ["port_id"] = port.Id,
                        }
                );
            }
        }
        return [("interfaces", interfaces)];
    }

    public override EntryOptions<RouterEntry> Options(bool isNew) => new RouterOptions(isNew);

    public override EntryOptions<RouterEntry> UnsetOptions() => new RouterUnsetOptions();

    static bool IsInterface(PortEntry port) => DeviceOwners.RouterInterfaces.Contains(port.DeviceOwner);

    static async ValueTask RemoveInterfacesAsync(
        string[] subnets,
        IInventory inventory,
        RouterEntry entry,
        CancellationToken cancellationToken
    )
    {
        foreach (var name in subnets)
        {
            var subnet = Refusals.Taken(await inventory.Subnets.FindAsync(name, cancellationToken));
            var port =
                await inventory
                    .Ports.ListAsync(cancellationToken)
                    .FirstOrDefaultAsync(
                        port =>
                            port.DeviceId == entry.Id
                            && IsInterface(port)
                            && port.FixedIps!.Value.Any(ip => ip.SubnetId == subnet.Id),
                        cancellationToken
                    )
                ?? throw new CommandException($"Router {entry.Id} has no interface in subnet '{name}'.");
            Refusals.Taken(await inventory.Ports.DeleteAsync(port.Id, cancellationToken));
        }
    }

    sealed class RouterOptions(bool isNew) : EntryOptions<RouterEntry>
    {
        readonly Option<string?> _id = OptionKinds.Text("--id", "The uuid, when it must be a certain one", "UUID");
        readonly Option<string?> _name = OptionKinds.Text("--name", "Another name", "NAME");
        readonly Option<string?> _project = OptionKinds.Text("--project", "The project that owns it", "ID");
        readonly Option<string[]> _interfaces = OptionKinds.Texts(
            "--interface",
            "Adds an interface in a subnet, at its gateway's address or else a free one",
            "SUBNET"
        );
        readonly Option<string[]> _noInterfaces = OptionKinds.Texts(
            "--no-interface",
            "Removes the interface in a subnet",
            "SUBNET"
        );

        public override IEnumerable<Option> All =>
            isNew ? [_id, _project, _interfaces] : [_name, _project, _interfaces, _noInterfaces];

        public override Func<RouterEntry, RouterEntry> Read(ParseResult parsed) =>
            entry =>
                entry with
                {
                    Id = isNew ? parsed.GetValue(_id) ?? "" : entry.Id,
                    Name = isNew ? entry.Name : parsed.GetValue(_name) ?? entry.Name,
                    ProjectId = parsed.GetValue(_project) ?? entry.ProjectId,
                };

        public override async ValueTask<Outcome<RouterEntry>> FollowAsync(
            ParseResult parsed,
            IInventory inventory,
            RouterEntry entry,
            CancellationToken cancellationToken
        )
        {
            await RemoveInterfacesAsync(
                isNew ? [] : parsed.GetValue(_noInterfaces)!,
                inventory,
                entry,
                cancellationToken
            );
            foreach (var name in parsed.GetValue(_interfaces)!)
            {
                var subnet = Refusals.Taken(await inventory.Subnets.FindAsync(name, cancellationToken));
                var port = new PortEntry
                {
                    NetworkId = subnet.NetworkId,
                    DeviceId = entry.Id,
                    DeviceOwner = DeviceOwners.RouterInterface,
                    FixedIps = [new FixedIpEntry { SubnetId = subnet.Id, IpAddress = GatewayOf(subnet) }],
                };
                Refusals.Taken(await inventory.Ports.CreateAsync(port, cancellationToken));
            }
            return entry;
        }

        // A link-local gateway is no fixed IP (RFC 4861 §6.3.4 makes it usual for IPv6).
        static string GatewayOf(SubnetEntry subnet) =>
            subnet.GatewayIp is null || subnet.GatewayIp.StartsWith("fe80:", StringComparison.Ordinal)
                ? ""
                : subnet.GatewayIp;
    }

    sealed class RouterUnsetOptions : EntryOptions<RouterEntry>
    {
        readonly Option<string[]> _interfaces = OptionKinds.Texts(
            "--interface",
            "Removes the interface in a subnet",
            "SUBNET"
        );

        public override IEnumerable<Option> All => [_interfaces];

        public override Func<RouterEntry, RouterEntry> Read(ParseResult parsed) => static entry => entry;

        public override async ValueTask<Outcome<RouterEntry>> FollowAsync(
            ParseResult parsed,
            IInventory inventory,
            RouterEntry entry,
            CancellationToken cancellationToken
        )
        {
            await RemoveInterfacesAsync(parsed.GetValue(_interfaces)!, inventory, entry, cancellationToken);
            return entry;
        }
    }
}
