using System.Diagnostics;
using System.Text;
using CsCheck;
using Stackmeta.Core.Instances;

namespace Stackmeta.OpenStack.Tests;

/// <summary>Texts that Nova stores and what is read from them (spec/nova-metadata.md §5.1, §7.5, §7.6).</summary>
public sealed class StoredObjectsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("YQ==", "a")]
    [InlineData("YWJj", "abc")]
    [InlineData("YW\nJj\n", "abc")]
    [InlineData("Y!W-J_j", "abc")]
    [InlineData("YQ==YWJj", "a")]
    [InlineData("YWJjYQ==trailing", "abca")]
    [InlineData("=YWJj", "abc")]
    public void User_data_is_decoded_as_python_decodes_it(string text, string expected)
    {
        Assert.True(UserDataText.TryDecode(text, out var bytes));
        Assert.Equal(expected, Encoding.UTF8.GetString(bytes));
    }

    [Theory]
    [InlineData("YQ")]
    [InlineData("YQ=")]
    [InlineData("Y")]
    [InlineData("YWJjY")]
    [InlineData("YWJjä")]
    public void User_data_with_wrong_padding_or_beyond_ascii_is_unreadable(string text) =>
        Assert.False(UserDataText.TryDecode(text, out _));

    [Fact]
    public void User_data_decodes_like_the_systems_python()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "python3 is not installed");
        string[] pieces = ["A", "z", "0", "+", "/", "=", "=", "\n", " ", "-", "QUJD"];
        var texts = new List<string>();
        Gen.Int[0, pieces.Length - 1]
            .Array[0, 12]
            .Select(chosen => string.Concat(chosen.Select(i => pieces[i])))
            .Sample(texts.Add, iter: 2000, threads: 1);
        var encoded = string.Join(';', texts.Select(text => Convert.ToHexString(Encoding.ASCII.GetBytes(text))));
        var script =
            "import base64,binascii,sys\n"
            + "for h in sys.stdin.read().split(';'):\n"
            + "  try: print('ok ' + base64.b64decode(binascii.unhexlify(h).decode()).hex())\n"
            + "  except Exception: print('no')\n";
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", script])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var python = Process.Start(start)!;
        python.StandardInput.Write(encoded);
        python.StandardInput.Close();
        foreach (var text in texts)
        {
            var ours = UserDataText.TryDecode(text, out var bytes) ? "ok " + Convert.ToHexStringLower(bytes) : "no";
            Assert.Equal($"{text} {python.StandardOutput.ReadLine()}", $"{text} {ours}");
        }
        python.WaitForExit();
    }

    [Theory]
    [InlineData("1.2")]
    [InlineData("7.0")]
    public void A_flavor_of_any_version_has_a_name(string version)
    {
        var text = $$$"""
            {"cur": {"nova_object.name": "Flavor", "nova_object.version": "{{{version}}}", "nova_object.data": {"name": "m1.tiny", "new_field": 1} }, "old": null, "new": null}
            """;
        Assert.True(InstanceObjects.TryReadFlavor(text, out var name));
        Assert.Equal("m1.tiny", name);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{\"cur\": null}")]
    [InlineData("{\"cur\": {\"nova_object.data\": {\"name\": \"\\ud800\"}}}")]
    public void A_flavor_that_is_missing_or_broken_is_unreadable(string? text) =>
        Assert.False(InstanceObjects.TryReadFlavor(text, out _));

    [Fact]
    public void The_first_key_pair_is_read_and_none_is_none()
    {
        var text = """
            {"nova_object.name": "KeyPairList", "nova_object.version": "1.3", "nova_object.data": {"objects": [
              {"nova_object.name": "KeyPair", "nova_object.data": {"name": "k", "type": "x509", "public_key": "data"}},
              {"nova_object.name": "KeyPair", "nova_object.data": {"name": "l", "type": "ssh", "public_key": "other"}}]}}
            """;
        Assert.True(InstanceObjects.TryReadKeyPair(text, out var pair));
        Assert.Equal(new KeyPair("k", "x509", "data"), pair);
        Assert.True(InstanceObjects.TryReadKeyPair(null, out pair));
        Assert.Null(pair);
        Assert.False(InstanceObjects.TryReadKeyPair("[]", out _));
    }

    [Fact]
    public void Devices_keep_absent_null_and_value_apart()
    {
        var text = """
            {"nova_object.name": "InstanceDeviceMetadata", "nova_object.data": {"devices": [
              {"nova_object.name": "NetworkInterfaceMetadata", "nova_object.data": {"mac": "m", "vlan": 100, "tags": ["t"],
                "bus": {"nova_object.name": "PCIDeviceBus", "nova_object.data": {"address": "0000:00:04.0"}}}},
              {"nova_object.name": "DiskMetadata", "nova_object.data": {"serial": null, "bus": {"nova_object.name": "DeviceBus", "nova_object.data": {}}}},
              {"nova_object.name": "ShareMetadata", "nova_object.data": {"share_id": "s", "tag": "t"}},
              {"nova_object.name": "ToasterMetadata", "nova_object.data": {}}]}}
            """;
        Assert.True(InstanceObjects.TryReadDevices(text, out var devices));
        Assert.Equal(3, devices.Length);
        var nic = Assert.IsType<NetworkInterfaceTag>(devices[0]);
        Assert.Equal((100, (bool?)null, new DeviceBus("pci", "0000:00:04.0")), (nic.Vlan, nic.Trusted, nic.Bus));
        Assert.Equal(["t"], nic.Tags);
        var disk = Assert.IsType<DiskTag>(devices[1]);
        Assert.Equal((new Settable(true, null), default(Settable)), (disk.Serial, disk.Path));
        Assert.Equal(new DeviceBus(null, null), disk.Bus);
        Assert.True(disk.Tags.IsDefault);
        Assert.Null(devices[2].Bus);
    }

    [Theory]
    [InlineData("1.6", "[]", "[3, 1]", "dedicated", "1 3")]
    [InlineData("1.10", "[5]", "null", "dedicated", "")]
    [InlineData("1.4", "[2, 0]", null, "dedicated", "0 2")]
    [InlineData("1.4", "[2, 0]", null, "shared", "")]
    public void Pinned_cpus_are_found_in_every_version_of_a_cell(
        string version,
        string cpuset,
        string? pcpuset,
        string policy,
        string expected
    )
    {
        var pinned = pcpuset is null ? "" : $"\"pcpuset\": {pcpuset}, ";
        var text =
            $"{{\"nova_object.name\": \"InstanceNUMATopology\", \"nova_object.data\": {{\"cells\": [{{\"nova_object.name\": \"InstanceNUMACell\", \"nova_object.version\": \"{version}\", \"nova_object.data\": {{\"cpuset\": {cpuset}, {pinned}\"cpu_policy\": \"{policy}\"}}}}]}}}}";
        Assert.True(InstanceObjects.TryReadDedicatedCpus(text, out var cpus));
        Assert.Equal(expected, string.Join(' ', cpus));
    }

    [Fact]
    public void A_topology_of_before_liberty_has_no_pinned_cpus()
    {
        Assert.True(InstanceObjects.TryReadDedicatedCpus("""{"cells": [{"id": 0, "cpus": "0-1"}]}""", out var cpus));
        Assert.Empty(cpus);
    }

    [Fact]
    public void Network_info_is_read_with_what_older_and_newer_clouds_write()
    {
        var text = """
            [{"id": "port-1", "address": "fa:16:3e:00:00:01", "type": "ovs", "devname": "tapport-1", "network": {"id": "net-1", "subnets": [
               {"cidr": "10.1.2.0/24", "gateway": {"address": null}, "dns": [{"address": "9.9.9.9"}],
                "routes": [{"cidr": "192.168.0.0/16", "gateway": {"address": "10.1.2.254"}}],
                "ips": [{"address": "10.1.2.3", "floating_ips": [{"address": "203.0.113.7"}]}],
                "dhcp_server": "10.1.2.2", "meta": {"dhcp_server": "overridden", "enable_dhcp": true}},
               {"cidr": "fd00::/64", "version": 6, "gateway": null, "ips": [], "meta": {"ipv6_address_mode": "slaac"}}],
               "meta": {"mtu": 1450, "injected": true}}},
             {"id": "port-2", "network": null}]
            """;
        Assert.True(NetworkInfo.TryRead(text, out var interfaces));
        var network = interfaces[0].Network!;
        Assert.Equal((1450, true), (network.Mtu, network.Injected));
        var first = network.Subnets[0];
        Assert.Equal((4, null, "10.1.2.2", true), (first.Version, first.Gateway, first.DhcpServer, first.DhcpEnabled));
        Assert.Equal(new HostRoute("192.168.0.0/16", "10.1.2.254"), first.Routes[0]);
        Assert.Equal(["203.0.113.7"], first.FixedIps[0].FloatingIps);
        Assert.Equal((6, "slaac"), (network.Subnets[1].Version, network.Subnets[1].Ipv6AddressMode));
        Assert.Null(interfaces[1].Network);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"\"")]
    public void Network_info_without_items_is_read_as_no_interfaces(string text)
    {
        Assert.True(NetworkInfo.TryRead(text, out var interfaces));
        Assert.Empty(interfaces);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("0")]
    [InlineData("{\"x\": 1}")]
    [InlineData("\"x\"")]
    [InlineData("[1]")]
    [InlineData("[{\"network\": {\"subnets\": [{\"cidr\": null}]}}]")]
    public void Network_info_of_another_shape_is_unreadable(string? text) =>
        Assert.False(NetworkInfo.TryRead(text, out _));

    [Fact]
    public void A_password_is_cut_between_characters_not_within_them()
    {
        var parts = PasswordRows.Split(string.Concat(Enumerable.Repeat("😀", 300)));
        Assert.Equal([510, 90, 0, 0], parts.Select(part => part.Length));
    }

    [Fact]
    public void A_derived_ec2_id_is_stable_and_out_of_the_way_of_stored_ones()
    {
        var uuid = "afc01aa3-f611-54a8-9ab3-f9fa2466ada0";
        Assert.Equal(Ec2IdRows.Derive(uuid), Ec2IdRows.Derive(uuid.ToUpperInvariant()));
        Assert.InRange(Ec2IdRows.Derive(uuid), 0x8000_0000L, 0xffff_ffffL);
    }
}
