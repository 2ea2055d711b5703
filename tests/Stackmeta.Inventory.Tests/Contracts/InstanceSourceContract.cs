using Stackmeta.Core.Instances;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Inventory.Tests;

/// <summary>The first question: the whole record, as Nova's databases would give it.</summary>
public abstract class InstanceSourceContract<TStore> : StoreContract<TStore>
    where TStore : ITestStore, new()
{
    [Fact]
    public async Task An_unknown_instance_is_not_found()
    {
        foreach (var id in new[] { "", "x", Guid.NewGuid().ToString(), new string('x', 10_000) })
        {
            Assert.Equal(Refusal.InstanceNotFound, (await Find(id)).Refusal);
        }
    }

    [Fact]
    public async Task Everything_that_wasStored_is_in_the_record()
    {
        var entry = await Inventory.Instances.CreateAsync(Samples.FullInstance).Taken();
        var instance = (await Find(entry.Id)).Instance!;
        Assert.Equal(entry.Id, instance.Uuid);
        Assert.Equal("project-1", instance.ProjectId);
        Assert.Equal("web-1.example", instance.Hostname);
        Assert.Equal("Web ünö", instance.DisplayName);
        Assert.Equal(3, instance.LaunchIndex);
        Assert.Equal("az-1", instance.AvailabilityZone);
        Assert.Equal("r-12345678", instance.ReservationId);
        Assert.Equal("other", instance.KeyName);
        Assert.Equal("ssh-rsa other", instance.KeyData);
        Assert.Equal(new KeyPair("mykey", "x509", "CERT\nlines\n"), instance.KeyPair);
        Assert.Equal<byte[]>([0, 255, 10, 13, 128], instance.UserData!.Value.ToArray());
        Assert.Equal([new("z", "1"), new("a", "zwei\nlines"), new("ключ", "")], instance.Metadata);
        Assert.Equal("m1.tiny", instance.FlavorName);
        Assert.Equal("image-1", instance.ImageRef);
        Assert.Equal("kernel-1", instance.KernelId);
        Assert.Null(instance.RamdiskId);
        Assert.Equal("/dev/vda", instance.RootDeviceName);
        Assert.Equal("/dev/vdb", instance.DefaultEphemeralDevice);
        Assert.Equal("/dev/vdc", instance.DefaultSwapDevice);
        Assert.Equal([new BlockDevice("volume", "volume", null, "/dev/vda")], instance.BlockDevices);
        Assert.Equal([1, 2, 5], instance.DedicatedCpus);
        Assert.Equal(["default", "web", "default"], instance.SecurityGroups);
        Assert.Equal("member,reader", instance.BootRoles);
        Assert.Equal("", instance.Password);
        Assert.Equal(InstanceParts.None, instance.Unreadable);
        Assert.Equal(new(entry.Ec2Ids!.Instance, entry.Ec2Ids.Image, entry.Ec2Ids.Kernel, null), instance.Ec2Ids);
    }

    [Fact]
    public async Task Devices_keep_what_is_null_apart_from_what_is_absent()
    {
        var entry = await Inventory.Instances.CreateAsync(Samples.FullInstance).Taken();
        var devices = (await Find(entry.Id)).Instance!.Devices;
        var nic = Assert.IsType<NetworkInterfaceTag>(devices[0]);
        Assert.Equal(("fa:16:3e:00:00:02", 100, true), (nic.MacAddress, nic.Vlan, nic.Trusted));
        Assert.Equal((new DeviceBus("pci", "0000:00:04.0"), "mgmt"), (nic.Bus, nic.Tags.Single()));
        var disk = Assert.IsType<DiskTag>(devices[1]);
        Assert.Equal((new Settable(true, null), default), (disk.Serial, disk.Path));
        Assert.Equal((null, true), (disk.Bus, disk.Tags.IsDefault));
        var share = Assert.IsType<ShareTag>(devices[2]);
        Assert.Equal(("share-1", "t", 0), (share.ShareId, share.Tag, share.Tags.Length));
    }

    [Fact]
    public async Task An_instance_without_anything_has_the_defaults()
    {
        var entry = await Inventory.Instances.CreateAsync(new InstanceEntry { Name = "My VM_1.x!" }).Taken();
        var instance = (await Find(entry.Id)).Instance!;
        Assert.Equal("my-vm-1-x", instance.Hostname);
        Assert.Equal(Projects.Default, instance.ProjectId);
        Assert.Equal(0, instance.LaunchIndex);
        // Null would refuse `instance-type`, and cloud-init then drops the whole EC2 tree.
        Assert.Equal("", instance.FlavorName);
        Assert.Matches("^r-[a-z0-9]{8}$", instance.ReservationId);
        Assert.Null(instance.UserData);
        Assert.Null(instance.KeyPair);
        Assert.Empty(instance.NetworkInterfaces);
        Assert.False(instance.SecurityGroups.IsDefault);
        Assert.Equal(new(entry.Ec2Ids!.Instance, null, null, null), instance.Ec2Ids);
    }

    [Fact]
    public async Task Empty_user_data_is_not_the_same_as_none()
    {
        var entry = await Inventory
            .Instances.CreateAsync(new InstanceEntry { UserData = ReadOnlyMemory<byte>.Empty })
            .Taken();
        Assert.Equal(0, (await Find(entry.Id)).Instance!.UserData!.Value.Length);
    }

    [Fact]
    public async Task Interfaces_are_what_Novas_network_info_would_hold()
    {
        var network = await Inventory.Networks.CreateAsync(new NetworkEntry { Mtu = 1450 }).Taken();
        await Inventory
            .Subnets.CreateAsync(
                new SubnetEntry
                {
                    NetworkId = network.Id,
                    Cidr = "10.0.0.64/26",
                    GatewayIp = SubnetEntry.AutomaticGateway,
                    DhcpServer = "10.0.0.66",
                    DnsNameservers = ["9.9.9.9", "149.112.112.112"],
                    HostRoutes = [new("192.168.0.0/16", "10.0.0.100")],
                }
            )
            .Taken();
        await Inventory
            .Subnets.CreateAsync(
                new SubnetEntry(false)
                {
                    NetworkId = network.Id,
                    Cidr = "2001:db8::/64",
                    Ipv6AddressMode = "slaac",
                }
            )
            .Taken();
        var instance = await Inventory.Instances.CreateAsync(new InstanceEntry { ProjectId = "p" }).Taken();
        var port = await Inventory
            .Ports.CreateAsync(
                new PortEntry
                {
                    NetworkId = network.Id,
                    DeviceId = instance.Id,
                    MacAddress = "fa:16:3e:12:34:56",
                    // The IPv6 address first: subnets come in their own order.
                    FixedIps =
                    [
                        new FixedIpEntry { IpAddress = "2001:db8::7" },
                        new FixedIpEntry { IpAddress = "10.0.0.70", FloatingIps = ["203.0.113.7"] },
                        new FixedIpEntry { IpAddress = "10.0.0.69" },
                    ],
                    VifType = "ovs",
                }
            )
            .Taken();
        var found = Assert.Single((await Find(instance.Id)).Instance!.NetworkInterfaces);
        Assert.Equal(
            (port.Id, "fa:16:3e:12:34:56", "ovs", "tap" + port.Id[..11]),
            (found.Id, found.MacAddress, found.Type, found.DeviceName)
        );
        Assert.Equal((network.Id, 1450, false), (found.Network!.Id, found.Network.Mtu, found.Network.Injected));
        var (v4, v6) = (found.Network.Subnets[0], found.Network.Subnets[1]);
        Assert.Equal((4, "10.0.0.64/26", "10.0.0.65"), (v4.Version, v4.Cidr, v4.Gateway));
        Assert.Equal(("10.0.0.66", false, null), (v4.DhcpServer, v4.DhcpEnabled, v4.Ipv6AddressMode));
        Assert.Equal(["9.9.9.9", "149.112.112.112"], v4.DnsServers);
        Assert.Equal([new HostRoute("192.168.0.0/16", "10.0.0.100")], v4.Routes);
        Assert.Equal(["10.0.0.70", "10.0.0.69"], v4.FixedIps.Select(ip => ip.Address));
        Assert.Equal(["203.0.113.7"], v4.FixedIps[0].FloatingIps);
        Assert.Equal((6, "2001:db8::/64", null), (v6.Version, v6.Cidr, v6.Gateway));
        Assert.Equal((null, false, "slaac"), (v6.DhcpServer, v6.DhcpEnabled, v6.Ipv6AddressMode));
        Assert.Equal(["2001:db8::7"], v6.FixedIps.Select(ip => ip.Address));
    }

    [Fact]
    public async Task Interfaces_stand_in_the_order_in_which_they_were_attached()
    {
        var instance = await Inventory.Instances.CreateAsync(new InstanceEntry()).Taken();
        var ports = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            var network = await Inventory.Networks.CreateAsync(new NetworkEntry()).Taken();
            var entry = new PortEntry { NetworkId = network.Id, DeviceId = instance.Id };
            ports.Add((await Inventory.Ports.CreateAsync(entry).Taken()).Id);
        }
        var interfaces = (await Find(instance.Id)).Instance!.NetworkInterfaces;
        Assert.Equal(ports, interfaces.Select(found => found.Id));
        Assert.All(interfaces, found => Assert.Empty(found.Network!.Subnets));
    }

    [Fact]
    public async Task An_image_keeps_its_EC2_number_and_no_number_is_given_twice()
    {
        var first = await Inventory.Instances.CreateAsync(new InstanceEntry { ImageRef = "a" }).Taken();
        var second = await Inventory
            .Instances.CreateAsync(new InstanceEntry { ImageRef = "b", KernelId = "a" })
            .Taken();
        Assert.Equal(first.Ec2Ids!.Image, second.Ec2Ids!.Kernel);
        Assert.NotEqual(second.Ec2Ids.Image, second.Ec2Ids.Kernel);
        await Inventory.Instances.DeleteAsync(second.Id).Taken();
        var third = await Inventory.Instances.CreateAsync(new InstanceEntry { ImageRef = "b" }).Taken();
        Assert.Equal(second.Ec2Ids.Image, third.Ec2Ids!.Image);
        Assert.True(third.Ec2Ids.Instance > second.Ec2Ids.Instance);
    }

    [Fact]
    public async Task A_password_is_taken_once_and_stays()
    {
        var instance = await Inventory.Instances.CreateAsync(new InstanceEntry()).Taken();
        Assert.Equal(Refusal.None, await Set(instance.Id, ""));
        Assert.Equal(Refusal.None, await Set(instance.Id, "größe"));
        Assert.Equal(Refusal.PasswordAlreadySet, await Set(instance.Id, "other"));
        Assert.Equal(Refusal.PasswordAlreadySet, await Set(instance.Id, ""));
        Assert.Equal(Refusal.PasswordInstanceGone, await Set(Guid.NewGuid().ToString(), "x"));
        using var again = Store.OpenAgain();
        var stored = await again.Instances.FindInstanceAsync(instance.Id, CancellationToken.None);
        Assert.Equal("größe", stored.Instance!.Password);
    }

    [Fact]
    public async Task Of_many_passwords_at_once_from_two_processes_one_is_taken()
    {
        var instance = await Inventory.Instances.CreateAsync(new InstanceEntry()).Taken();
        using var again = Store.OpenAgain();
        var sources = new[] { Store.Instances, again.Instances };
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i =>
                    Task.Run(async () =>
                        (i, await sources[i % 2].SetPasswordAsync(instance.Id, $"password-{i}", default))
                    )
                )
        );
        var taken = Assert.Single(answers, answer => answer.Item2 == Refusal.None);
        Assert.All(
            answers.Where(answer => answer != taken),
            answer => Assert.Equal(Refusal.PasswordAlreadySet, answer.Item2)
        );
        Assert.Equal($"password-{taken.i}", (await Find(instance.Id)).Instance!.Password);
    }

    async Task<InstanceAnswer> Find(string id) => await Store.Instances.FindInstanceAsync(id, CancellationToken.None);

    async Task<Refusal> Set(string id, string password) =>
        await Store.Instances.SetPasswordAsync(id, password, CancellationToken.None);
}

public sealed class SqliteInstanceSource : InstanceSourceContract<SqliteTestStore>;

public sealed class PostgresInstanceSource : InstanceSourceContract<PostgresTestStore>;
