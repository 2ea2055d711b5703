using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary><c>stackmeta port</c>.</summary>
sealed class PortNoun() : Noun<PortEntry>("port", "Ports of guests, routers and DHCP servers.", needsName: false)
{
    public override IEntries<PortEntry> Of(IInventory inventory) => inventory.Ports;

    public override PortEntry New(string name) => new() { Name = name };

    public override JsonTypeInfo<PortEntry> Shape => InventoryJson.Default.PortEntry;

    public override string IdOf(PortEntry entry) => entry.Id;

    public override IReadOnlyList<string> Columns =>
        ["id", "name", "network", "mac address", "fixed ips", "device", "device owner"];

    public override (string Create, string List, string Set) Examples =>
        (
            "stackmeta port create --network private --device web-1 --fixed-ip ip=10.0.0.5",
            "stackmeta port list --device web-1",
            "stackmeta port set $ID --host node-2"
        );

    public override async ValueTask<IEnumerable<IReadOnlyList<string?>>> RowsAsync(
        IInventory inventory,
        IReadOnlyList<PortEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var networks = await NetworkNames.ReadAsync(inventory, cancellationToken);
        return entries.Select(entry =>
            (IReadOnlyList<string?>)
                [
                    entry.Id,
                    entry.Name,
                    networks.Of(entry.NetworkId),
                    entry.MacAddress,
                    string.Join(", ", entry.FixedIps!.Value.Select(ip => ip.IpAddress)),
                    entry.DeviceId,
                    entry.DeviceOwner,
                ]
        );
    }

    public override EntryOptions<PortEntry> Options(bool isNew) => new PortOptions(isNew);

    public override EntryOptions<PortEntry> UnsetOptions() => new PortUnsetOptions();

    public override ListFilter<PortEntry> Filter() => new PortFilter();

    sealed class PortOptions(bool isNew) : EntryOptions<PortEntry>
    {
        readonly Option<string?> _id = OptionKinds.Text("--id", "The uuid, when it must be a certain one", "UUID");
        readonly Option<string?> _name = OptionKinds.Text("--name", "Another name", "NAME");
        readonly Option<string?> _network = OptionKinds.Text("--network", "The network it is on", "NETWORK", true);
        readonly Option<string?> _project = OptionKinds.Text(
            "--project",
            "The project that owns it; the device's if not given",
            "ID"
        );
        readonly Option<string?> _device = OptionKinds.Text(
            "--device",
            "The instance or router it belongs to, by id or name",
            "DEVICE"
        );
        readonly Option<string?> _owner = OptionKinds.Text(
            "--device-owner",
            "What the device is, in Neutron's words",
            "OWNER"
        );
        readonly Option<string?> _mac = OptionKinds.Text("--mac-address", "Its MAC", "MAC");
        readonly Option<string[]> _fixedIps = OptionKinds.Texts(
            "--fixed-ip",
            isNew ? "An address, chosen or any of a subnet" : "Adds an address, or a floating IP to one",
            "ip=ADDRESS,subnet=SUBNET,floating=ADDRESS"
        );
        readonly Option<bool> _noFixedIp = OptionKinds.Flag(
            "--no-fixed-ip",
            isNew ? "No address at all" : "Removes all addresses first"
        );
        readonly Option<string?> _host = OptionKinds.Text(
            "--host",
            "The host that the guest runs on, as its setting 'host' names it; '' for any",
            "HOST"
        );
        readonly Option<string?> _vifType = OptionKinds.Text("--vif-type", "How it is plugged; bridge", "WORD");

        public override IEnumerable<Option> All =>
            [
                .. isNew ? [_id, _network] : (IEnumerable<Option>)[_name],
                _project,
                _device,
                _owner,
                _mac,
                _fixedIps,
                _noFixedIp,
                _vifType,
                _host,
            ];

        public override Func<PortEntry, PortEntry> Read(ParseResult parsed)
        {
            if (isNew && parsed.Has(_fixedIps) && parsed.GetValue(_noFixedIp))
            {
                throw new CommandException("--fixed-ip and --no-fixed-ip contradict each other.", ExitCodes.Usage);
            }
            var addresses = parsed.GetValue(_fixedIps)!.Select(PortAddress.Read).ToList();
            return entry =>
            {
                entry = isNew
                    ? entry with
                    {
                        Id = parsed.GetValue(_id) ?? "",
                        NetworkId = parsed.GetValue(_network)!,
                    }
                    : entry with
                    {
                        Name = parsed.GetValue(_name) ?? entry.Name,
                    };
                return entry with
                {
                    ProjectId = parsed.GetValue(_project) ?? entry.ProjectId,
                    DeviceId = parsed.GetValue(_device) ?? entry.DeviceId,
                    DeviceOwner = parsed.GetValue(_owner) ?? entry.DeviceOwner,
                    MacAddress = parsed.GetValue(_mac) ?? entry.MacAddress,
                    FixedIps =
                        parsed.GetValue(_noFixedIp) ? [.. addresses]
                        : addresses.Count > 0 ? [.. PortAddress.Merge(entry.FixedIps ?? [], addresses)]
                        : entry.FixedIps,
                    VifType = parsed.GetValue(_vifType) ?? entry.VifType,
                    HostId = parsed.GetValue(_host) ?? entry.HostId,
                };
            };
        }
    }

    sealed class PortUnsetOptions : EntryOptions<PortEntry>
    {
        readonly Option<string[]> _fixedIps = OptionKinds.Texts("--fixed-ip", "Removes an address", "ADDRESS");

        public override IEnumerable<Option> All => [_fixedIps];

        public override Func<PortEntry, PortEntry> Read(ParseResult parsed) =>
            entry =>
                entry with
                {
                    FixedIps =
                    [
                        .. ListChange.Remove(
                            "fixed IP",
                            entry.FixedIps ?? [],
                            parsed.GetValue(_fixedIps)!,
                            static (present, text) => text == present.IpAddress || text == $"ip={present.IpAddress}"
                        ),
                    ],
                };
    }

    sealed class PortFilter() : NetworkFilter<PortEntry>(port => port.NetworkId)
    {
        readonly Option<string?> _device = OptionKinds.Text(
            "--device",
            "Only those of one instance or router",
            "DEVICE"
        );

        public override IEnumerable<Option> All => [.. base.All, _device];

        public override async ValueTask<Func<PortEntry, bool>> ReadAsync(
            ParseResult parsed,
            IInventory inventory,
            CancellationToken cancellationToken
        )
        {
            var isOnNetwork = await base.ReadAsync(parsed, inventory, cancellationToken);
            if (parsed.GetValue(_device) is not { } device)
            {
                return isOnNetwork;
            }
            var id = await NamedInventory.DeviceIdAsync(inventory, device, cancellationToken);
            return port => isOnNetwork(port) && port.DeviceId == id;
        }
    }
}

/// <summary>The value of <c>--fixed-ip</c>.</summary>
static class PortAddress
{
    /// <summary>An address that is there keeps its place and its floating IPs.</summary>
    public static IEnumerable<FixedIpEntry> Merge(IEnumerable<FixedIpEntry> present, IEnumerable<FixedIpEntry> said)
    {
        var addresses = present.ToList();
        foreach (var address in said)
        {
            var at =
                address.IpAddress.Length == 0 ? -1 : addresses.FindIndex(one => one.IpAddress == address.IpAddress);
            if (at < 0)
            {
                addresses.Add(address);
                continue;
            }
            addresses[at] = addresses[at] with
            {
                FloatingIps = [.. addresses[at].FloatingIps.Concat(address.FloatingIps).Distinct()],
            };
        }
        return addresses;
    }

    public static FixedIpEntry Read(string text)
    {
        var values = KeyValues.Many("--fixed-ip", text, "ip", "subnet", "floating");
        return new FixedIpEntry
        {
            IpAddress = values.GetValueOrDefault("ip", ""),
            SubnetId = values.GetValueOrDefault("subnet", ""),
            FloatingIps = values.TryGetValue("floating", out var floating) ? [floating] : [],
        };
    }
}
