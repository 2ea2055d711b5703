using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Stackmeta.Metadata;

namespace Stackmeta.Inventory;

/// <summary>
/// Makes an instance of the rows of one statement: the instance joined with its ports and their addresses, a row for each address.
/// What belongs to the instance alone is read from the first row only.
/// </summary>
sealed class InstanceAssembly
{
    // CROSS JOIN keeps SQLite from beginning with all addresses of the subnet.
    public const string Columns = """
        i.id, i.project_id, i.hostname, i.name, i.launch_index, i.availability_zone, i.reservation_id, i.key_name,
        i.key_data, i.key_pair, i.metadata, i.flavor_name, i.image_ref, i.kernel_id, i.ramdisk_id, i.root_device_name,
        i.default_ephemeral_device, i.default_swap_device, i.block_devices, i.devices, i.dedicated_cpus, i.security_groups,
        i.boot_roles, i.password, i.user_data, i.number,
        (SELECT e.number FROM ec2_images e WHERE e.ref = i.image_ref),
        (SELECT e.number FROM ec2_images e WHERE e.ref = i.kernel_id),
        (SELECT e.number FROM ec2_images e WHERE e.ref = i.ramdisk_id),
        p.id, p.mac_address, p.vif_type, n.id, n.mtu, n.injected,
        f.address, f.floating_ips, s.number, s.cidr, s.gateway_ip, s.enable_dhcp, s.dns_nameservers, s.host_routes,
        s.ipv6_address_mode,
        (SELECT a.address FROM ports d CROSS JOIN fixed_ips a
            WHERE d.network_id = n.id AND d.device_owner = 'network:dhcp' AND a.port_id = d.id AND a.subnet_id = s.id
                AND s.enable_dhcp <> 0
            ORDER BY d.number, a.position LIMIT 1)
        """;

    /// <summary>How many <see cref="Columns"/> there are: a store may read more behind them.</summary>
    public const int ColumnCount = 45;

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

    /// <summary>Takes the next row.</summary>
    public void Take<TRow>(TRow row)
        where TRow : IInstanceRow
    {
        _instance ??= ReadInstance(row);
        if (row.IsNull(29))
        {
            return;
        }
        if (_port is null || _port.Id != row.Text(29))
        {
            EndPort();
            _port = ReadPort(row);
        }
        if (!row.IsNull(35))
        {
            AddAddress(row);
        }
    }

    /// <returns>Null when there was no row.</returns>
    public Instance? Finish()
    {
        EndPort();
        return _instance is null ? null : _instance with { NetworkInterfaces = _interfaces.DrainToImmutable() };
    }

    static Instance ReadInstance<TRow>(TRow row)
        where TRow : IInstanceRow
    {
        var json = InventoryJson.Default;
        return new Instance
        {
            Uuid = row.Text(0),
            ProjectId = row.Text(1),
            Hostname = row.Text(2),
            DisplayName = row.Text(3),
            LaunchIndex = row.Number(4),
            AvailabilityZone = TextOrNull(row, 5),
            ReservationId = row.Text(6),
            KeyName = TextOrNull(row, 7),
            KeyData = TextOrNull(row, 8),
            KeyPair = row.IsNull(9) ? null : row.Json(9, json.KeyPair),
            Metadata = List(row, 10, json.ImmutableArrayMetadataItem),
            // Without a flavor Nova's EC2 tree breaks off, and cloud-init drops all of it for one name that it cannot get.
            FlavorName = TextOrNull(row, 11) ?? "",
            ImageRef = TextOrNull(row, 12),
            KernelId = TextOrNull(row, 13),
            RamdiskId = TextOrNull(row, 14),
            RootDeviceName = TextOrNull(row, 15),
            DefaultEphemeralDevice = TextOrNull(row, 16),
            DefaultSwapDevice = TextOrNull(row, 17),
            BlockDevices = List(row, 18, json.ImmutableArrayBlockDevice),
            Devices = [.. List(row, 19, json.ImmutableArrayDeviceEntry).Select(device => device.ToDeviceTag())],
            DedicatedCpus = List(row, 20, json.ImmutableArrayInt32),
            SecurityGroups = List(row, 21, json.ImmutableArrayString),
            BootRoles = row.Text(22),
            Password = row.Text(23),
            UserData = row.IsNull(24) ? (ReadOnlyMemory<byte>?)null : row.Blob(24),
            Ec2Ids = new(row.Number(25), NumberOrNull(row, 26), NumberOrNull(row, 27), NumberOrNull(row, 28)),
        };
    }

    static NetworkInterface ReadPort<TRow>(TRow row)
        where TRow : IInstanceRow
    {
        // Nova's and Neutron's name of a port's tap device: the 14 characters that the kernel leaves.
        const int DeviceNameIdCharacters = 11;
        var id = row.Text(29);
        return new NetworkInterface
        {
            Id = id,
            MacAddress = row.Text(30),
            Type = row.Text(31),
            DeviceName = string.Concat("tap", id.AsSpan(0, DeviceNameIdCharacters)),
            Network = new InterfaceNetwork
            {
                Id = row.Text(32),
                Mtu = (int?)NumberOrNull(row, 33),
                Injected = row.Number(34) != 0,
            },
        };
    }

    void AddAddress<TRow>(TRow row)
        where TRow : IInstanceRow
    {
        var number = row.Number(37);
        var address = new FixedIp(row.Text(35), List(row, 36, InventoryJson.Default.ImmutableArrayString));
        var known = _subnets.FindIndex(entry => entry.Number == number);
        if (known >= 0)
        {
            var subnet = _subnets[known].Subnet;
            _subnets[known] = (number, subnet with { FixedIps = subnet.FixedIps.Add(address) });
            return;
        }
        var cidr = row.Text(38);
        var server = TextOrNull(row, 44);
        var routes = List(row, 42, InventoryJson.Default.ImmutableArrayHostRouteEntry);
        _subnets.Add(
            (
                number,
                new InterfaceSubnet
                {
                    Version = cidr.Contains(':', StringComparison.Ordinal) ? 6 : 4,
                    Cidr = cidr,
                    Gateway = TextOrNull(row, 39),
                    DnsServers = List(row, 41, InventoryJson.Default.ImmutableArrayString),
                    Routes = [.. routes.Select(route => new HostRoute(route.Destination, route.Nexthop))],
                    FixedIps = [address],
                    DhcpServer = server,
                    DhcpEnabled = server is null && row.Number(40) != 0,
                    Ipv6AddressMode = TextOrNull(row, 43),
                }
            )
        );
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

    static string? TextOrNull<TRow>(TRow row, int column)
        where TRow : IInstanceRow => row.IsNull(column) ? null : row.Text(column);

    static long? NumberOrNull<TRow>(TRow row, int column)
        where TRow : IInstanceRow => row.IsNull(column) ? null : row.Number(column);

    static ImmutableArray<T> List<TRow, T>(TRow row, int column, JsonTypeInfo<ImmutableArray<T>> shape)
        where TRow : IInstanceRow => row.IsNull(column) ? [] : row.Json(column, shape);
}
