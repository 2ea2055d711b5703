using System.Collections.Immutable;
using Stackmeta.Core.Instances;

namespace Stackmeta.Inventory;

/// <summary>
/// Makes an instance of the rows of one statement: the instance joined with its ports and their addresses, a row for each address.
/// What belongs to the instance alone is read from the first row only.
/// </summary>
sealed class InstanceAssembly(FieldReader row)
{
    // User data comes late, as in the table: what stands behind a long value in a row is found only by walking over it.
    static readonly FieldList<Instance> Own = new(static fields => new Instance
    {
        Uuid = fields.Text("i.id", ""),
        ProjectId = fields.Text("i.project_id", ""),
        Hostname = fields.Text("i.hostname", ""),
        DisplayName = fields.Text("i.name", ""),
        LaunchIndex = fields.Number("i.launch_index", 0),
        AvailabilityZone = fields.TextOrNull("i.availability_zone", null),
        ReservationId = fields.Text("i.reservation_id", ""),
        KeyName = fields.TextOrNull("i.key_name", null),
        KeyData = fields.TextOrNull("i.key_data", null),
        KeyPair = fields.Object("i.key_pair", null, Json.KeyPair),
        Metadata = fields.List("i.metadata", [], Json.ImmutableArrayMetadataItem),
        // Without a flavor Nova's EC2 tree breaks off, and cloud-init drops all of it for one name that it cannot get.
        FlavorName = fields.TextOrNull("i.flavor_name", null) ?? "",
        ImageRef = fields.TextOrNull("i.image_ref", null),
        KernelId = fields.TextOrNull("i.kernel_id", null),
        RamdiskId = fields.TextOrNull("i.ramdisk_id", null),
        RootDeviceName = fields.TextOrNull("i.root_device_name", null),
        DefaultEphemeralDevice = fields.TextOrNull("i.default_ephemeral_device", null),
        DefaultSwapDevice = fields.TextOrNull("i.default_swap_device", null),
        BlockDevices = fields.List("i.block_devices", [], Json.ImmutableArrayBlockDevice),
        Devices =
        [
            .. fields.List("i.devices", [], Json.ImmutableArrayDeviceEntry).Select(device => device.ToDeviceTag()),
        ],
        DedicatedCpus = fields.List("i.dedicated_cpus", [], Json.ImmutableArrayInt32),
        SecurityGroups = fields.List("i.security_groups", [], Json.ImmutableArrayString),
        BootRoles = fields.Text("i.boot_roles", ""),
        Password = fields.Text("i.password", ""),
        UserData = fields.Bytes("i.user_data", null),
        Ec2Ids = new(
            fields.Number("i.number", 0),
            fields.NumberOrNull(InstanceTable.ImageNumber, null),
            fields.NumberOrNull(InstanceTable.KernelNumber, null),
            fields.NumberOrNull(InstanceTable.RamdiskNumber, null)
        ),
    });

    static readonly FieldList<NetworkInterface> Port = new(static fields =>
    {
        var id = fields.Text("p.id", "");
        return new NetworkInterface
        {
            Id = id,
            MacAddress = fields.Text("p.mac_address", ""),
            Type = fields.Text("p.vif_type", ""),
            // Nova's and Neutron's name of a port's tap device: the 14 characters that the kernel leaves.
            DeviceName = string.Concat("tap", id.AsSpan(0, Math.Min(id.Length, 11))),
            Network = new InterfaceNetwork
            {
                Id = fields.Text("n.id", ""),
                Mtu = (int?)fields.NumberOrNull("n.mtu", null),
                Injected = fields.Flag("n.injected", false),
            },
        };
    });

    static readonly FieldList<FixedIp> Address = new(static fields =>
        new(fields.Text("f.address", ""), fields.List("f.floating_ips", [], Json.ImmutableArrayString))
    );

    static readonly FieldList<InterfaceSubnet> Subnet = new(static fields =>
    {
        var cidr = fields.Text("s.cidr", "");
        var server = fields.TextOrNull(SubnetTable.DhcpServer, null);
        var routes = fields.List("s.host_routes", [], Json.ImmutableArrayHostRouteEntry);
        return new InterfaceSubnet
        {
            Version = cidr.Contains(':', StringComparison.Ordinal) ? 6 : 4,
            Cidr = cidr,
            Gateway = fields.TextOrNull("s.gateway_ip", null),
            DnsServers = fields.List("s.dns_nameservers", [], Json.ImmutableArrayString),
            Routes = [.. routes.Select(route => new HostRoute(route.Destination, route.Nexthop))],
            DhcpServer = server,
            DhcpEnabled = fields.Flag("s.enable_dhcp", false) && server is null,
            Ipv6AddressMode = fields.TextOrNull("s.ipv6_address_mode", null),
        };
    });

    static readonly int FirstOfPort = Own.Columns.Length;
    static readonly int FirstOfAddress = FirstOfPort + Port.Columns.Length;
    static readonly int SubnetNumber = FirstOfAddress + Address.Columns.Length;
    static readonly int FirstOfSubnet = SubnetNumber + 1;

    public static string Columns { get; } =
        $"""
            {Own.SelectList()}, {Port.SelectList()}, {Address.SelectList()}, s.number, {Subnet.SelectList()}
            """;

    /// <summary>How many <see cref="Columns"/> there are: a store may read more behind them.</summary>
    public static int ColumnCount { get; } = FirstOfSubnet + Subnet.Columns.Length;

    // Only ports of the instance's own project are its ports (OSSA-2013-033); Nova asks Neutron in the same way.
    public const string Joins = """
        LEFT JOIN ports p ON p.device_id = i.id AND p.project_id = i.project_id
        LEFT JOIN networks n ON n.id = p.network_id
        LEFT JOIN fixed_ips f ON f.port_id = p.id
        LEFT JOIN subnets s ON s.id = f.subnet_id
        """;

    /// <summary>Subnets come in the order in which they were made, whatever that of the addresses is.</summary>
    public const string Order = "ORDER BY p.number, f.position";

    readonly ImmutableArray<NetworkInterface>.Builder _interfaces = ImmutableArray.CreateBuilder<NetworkInterface>();
    readonly List<(long Number, InterfaceSubnet Subnet)> _subnets = [];
    Instance? _instance;
    NetworkInterface? _port;

    static InventoryJson Json => InventoryJson.Default;

    /// <summary>Takes the next row.</summary>
    public void Take()
    {
        _instance ??= Own.Read(row.At(0));
        if (row.Row.IsNull(FirstOfPort))
        {
            return;
        }
        if (_port is null || _port.Id != row.Row.Text(FirstOfPort))
        {
            EndPort();
            _port = Port.Read(row.At(FirstOfPort));
        }
        if (!row.Row.IsNull(FirstOfAddress))
        {
            AddAddress();
        }
    }

    /// <returns>Null when there was no row.</returns>
    public Instance? Finish()
    {
        EndPort();
        return _instance is null ? null : _instance with { NetworkInterfaces = _interfaces.DrainToImmutable() };
    }

    void AddAddress()
    {
        var address = Address.Read(row.At(FirstOfAddress));
        var number = row.Row.Number(SubnetNumber);
        var known = _subnets.FindIndex(entry => entry.Number == number);
        if (known >= 0)
        {
            var present = _subnets[known].Subnet;
            _subnets[known] = (number, present with { FixedIps = present.FixedIps.Add(address) });
            return;
        }
        _subnets.Add((number, Subnet.Read(row.At(FirstOfSubnet)) with { FixedIps = [address] }));
    }

    void EndPort()
    {
        if (_port is null)
        {
            return;
        }
        // Nova's order is that in which Neutron lists the subnets, not that of the addresses.
        _subnets.Sort((a, b) => a.Number.CompareTo(b.Number));
        var network = _port.Network! with { Subnets = [.. _subnets.Select(entry => entry.Subnet)] };
        _interfaces.Add(_port with { Network = network });
        _subnets.Clear();
        _port = null;
    }
}
