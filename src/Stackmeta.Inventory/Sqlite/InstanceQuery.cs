using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SQLitePCL;
using Stackmeta.Metadata;

namespace Stackmeta.Inventory;

/// <summary>
/// The first question on SQLite, in one statement: the instance joined with its ports and their addresses, a row for each
/// address. What belongs to the instance alone is read from the first row only; SQLite fetches no column that is not read.
/// </summary>
sealed class InstanceQuery(sqlite3 connection, string path) : IDisposable
{
    // CROSS JOIN keeps SQLite from beginning with all addresses of the subnet.
    // Only ports of the instance's own project are its ports (OSSA-2013-033); Nova asks Neutron in the same way.
    public const string Sql = """
        SELECT i.id, i.project_id, i.hostname, i.name, i.launch_index, i.availability_zone, i.reservation_id, i.key_name,
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
        FROM instances i
        LEFT JOIN ports p ON p.device_id = i.id AND p.project_id = i.project_id
        LEFT JOIN networks n ON n.id = p.network_id
        LEFT JOIN fixed_ips f ON f.port_id = p.id
        LEFT JOIN subnets s ON s.id = f.subnet_id
        WHERE i.id = ?1
        ORDER BY p.number, f.position
        """;

    readonly PreparedStatement _row = new(connection, Sql, path);

    /// <returns>Null when there is no such instance.</returns>
    /// <exception cref="InventoryException"/>
    public Instance? Find(string instanceId)
    {
        try
        {
            _row.Bind(1, instanceId);
            return _row.Step() ? ReadInstance() : null;
        }
        finally
        {
            _row.Reset();
        }
    }

    public void Dispose() => _row.Dispose();

    Instance ReadInstance()
    {
        var json = InventoryJson.Default;
        var instance = new Instance
        {
            Uuid = _row.Text(0),
            ProjectId = _row.Text(1),
            Hostname = _row.Text(2),
            DisplayName = _row.Text(3),
            LaunchIndex = _row.Number(4),
            AvailabilityZone = _row.TextOrNull(5),
            ReservationId = _row.Text(6),
            KeyName = _row.TextOrNull(7),
            KeyData = _row.TextOrNull(8),
            KeyPair = _row.IsNull(9) ? null : JsonSerializer.Deserialize(_row.Bytes(9), json.KeyPair),
            Metadata = List(10, json.ImmutableArrayMetadataItem),
            // Without a flavor Nova's EC2 tree breaks off, and cloud-init drops all of it for one name that it cannot get.
            FlavorName = _row.TextOrNull(11) ?? "",
            ImageRef = _row.TextOrNull(12),
            KernelId = _row.TextOrNull(13),
            RamdiskId = _row.TextOrNull(14),
            RootDeviceName = _row.TextOrNull(15),
            DefaultEphemeralDevice = _row.TextOrNull(16),
            DefaultSwapDevice = _row.TextOrNull(17),
            BlockDevices = List(18, json.ImmutableArrayBlockDevice),
            Devices = [.. List(19, json.ImmutableArrayDeviceEntry).Select(device => device.ToDeviceTag())],
            DedicatedCpus = List(20, json.ImmutableArrayInt32),
            SecurityGroups = List(21, json.ImmutableArrayString),
            BootRoles = _row.Text(22),
            Password = _row.Text(23),
            UserData = _row.IsNull(24) ? (ReadOnlyMemory<byte>?)null : _row.Bytes(24).ToArray(),
            Ec2Ids = new(_row.Number(25), _row.NumberOrNull(26), _row.NumberOrNull(27), _row.NumberOrNull(28)),
        };
        // Reading on moves to the next row: the interfaces come after all else.
        return instance with { NetworkInterfaces = ReadInterfaces() };
    }

    ImmutableArray<NetworkInterface> ReadInterfaces()
    {
        if (_row.IsNull(29))
        {
            return [];
        }
        var interfaces = ImmutableArray.CreateBuilder<NetworkInterface>();
        var subnets = new List<(long Number, InterfaceSubnet Subnet)>();
        while (true)
        {
            var port = ReadPort();
            var hasNext = true;
            do
            {
                if (!_row.IsNull(35))
                {
                    AddAddress(subnets);
                }
                hasNext = _row.Step();
            } while (hasNext && port.Id == _row.Text(29));
            // Nova's order is that in which Neutron lists the subnets, not that of the addresses.
            subnets.Sort((a, b) => a.Number.CompareTo(b.Number));
            interfaces.Add(
                port with
                {
                    Network = port.Network! with { Subnets = [.. subnets.Select(entry => entry.Subnet)] },
                }
            );
            if (!hasNext)
            {
                return interfaces.DrainToImmutable();
            }
            subnets.Clear();
        }
    }

    NetworkInterface ReadPort()
    {
        // Nova's and Neutron's name of a port's tap device: the 14 characters that the kernel leaves.
        const int DeviceNameIdCharacters = 11;
        var id = _row.Text(29);
        return new NetworkInterface
        {
            Id = id,
            MacAddress = _row.Text(30),
            Type = _row.Text(31),
            DeviceName = string.Concat("tap", id.AsSpan(0, DeviceNameIdCharacters)),
            Network = new InterfaceNetwork
            {
                Id = _row.Text(32),
                Mtu = (int?)_row.NumberOrNull(33),
                Injected = _row.Number(34) != 0,
            },
        };
    }

    void AddAddress(List<(long Number, InterfaceSubnet Subnet)> subnets)
    {
        var number = _row.Number(37);
        var address = new FixedIp(_row.Text(35), List(36, InventoryJson.Default.ImmutableArrayString));
        var known = subnets.FindIndex(entry => entry.Number == number);
        if (known >= 0)
        {
            var subnet = subnets[known].Subnet;
            subnets[known] = (number, subnet with { FixedIps = subnet.FixedIps.Add(address) });
            return;
        }
        var cidr = _row.Text(38);
        var server = _row.TextOrNull(44);
        subnets.Add(
            (
                number,
                new InterfaceSubnet
                {
                    Version = cidr.Contains(':', StringComparison.Ordinal) ? 6 : 4,
                    Cidr = cidr,
                    Gateway = _row.TextOrNull(39),
                    DnsServers = List(41, InventoryJson.Default.ImmutableArrayString),
                    Routes =
                    [
                        .. List(42, InventoryJson.Default.ImmutableArrayHostRouteEntry)
                            .Select(route => new HostRoute(route.Destination, route.Nexthop)),
                    ],
                    FixedIps = [address],
                    DhcpServer = server,
                    DhcpEnabled = server is null && _row.Number(40) != 0,
                    Ipv6AddressMode = _row.TextOrNull(43),
                }
            )
        );
    }

    ImmutableArray<T> List<T>(int column, JsonTypeInfo<ImmutableArray<T>> shape) =>
        _row.IsNull(column) ? [] : JsonSerializer.Deserialize(_row.Bytes(column), shape);
}
