using Stackmeta.Core.Instances;

namespace Stackmeta.Documents.Tests;

/// <summary><c>devices</c> of meta_data.json: spec/nova-metadata-cases.md, D1 to D9.</summary>
public sealed class DeviceTests
{
    const string D1 =
        "\"type\": \"nic\", \"mac\": \"00:00:00:00:00:00\", \"bus\": \"pci\", \"address\": \"0000:00:01.0\", \"tags\": [\"foo\"]}";
    const string D2 =
        "{\"type\": \"disk\", \"serial\": \"disk-vol-2352423\", \"path\": \"/dev/sda\", \"bus\": \"ide\", \"address\": \"0:0\", \"tags\": [\"baz\"]}";
    const string D3 =
        "{\"type\": \"disk\", \"serial\": \"disk-vol-2352423\", \"path\": \"/dev/sda\", \"bus\": \"scsi\", \"address\": \"05c8:021e:04a7:011b\", \"tags\": [\"baz\"]}";
    const string D4 =
        "{\"type\": \"disk\", \"serial\": \"disk-vol-2352423\", \"path\": \"/dev/sda\", \"bus\": \"usb\", \"address\": \"05c8:021e\", \"tags\": [\"baz\"]}";
    const string D7 =
        "\"type\": \"nic\", \"mac\": \"e3:a0:d0:12:c5:10\", \"bus\": \"pci\", \"address\": \"0000:80:01.0\"}";
    const string D8 =
        "\"type\": \"nic\", \"mac\": \"00:11:22:33:44:55\", \"bus\": \"pci\", \"address\": \"0000:00:02.0\", \"tags\": [\"trusted\"]}";
    const string D9 =
        "{\"type\": \"share\", \"share_id\": \"e4b6fbdf\", \"tag\": \"tagged\", \"bus\": \"none\", \"address\": \"none\"}";

    const string Rocky =
        $"{{\"vf_trusted\": false, {D1}, {D2}, {D3}, {D4}, {{\"vlan\": 1000, \"vf_trusted\": false, {D7}, {{\"vf_trusted\": true, {D8}";

    [Theory]
    [InlineData("2016-06-30", $"{{{D1}, {D2}, {D3}, {D4}, {{{D8}")]
    [InlineData("2016-10-06", $"{{{D1}, {D2}, {D3}, {D4}, {{{D8}")]
    [InlineData("2017-02-22", $"{{{D1}, {D2}, {D3}, {D4}, {{\"vlan\": 1000, {D7}, {{{D8}")]
    [InlineData("2018-08-27", Rocky)]
    [InlineData("2020-10-14", Rocky)]
    [InlineData("2025-04-04", $"{Rocky}, {D9}")]
    [InlineData("latest", $"{Rocky}, {D9}")]
    public void D2_to_D6_Each_version_shows_what_it_knows(string version, string devices) =>
        Assert.Equal(devices, DevicesOf(Fixtures.A, version));

    [Fact]
    public void D6_The_latest_of_an_older_release_has_no_shares() =>
        Assert.Equal(Rocky, DevicesOf(Fixtures.A, "latest", Compatibility.Zed));

    [Fact]
    public void D1_No_devices_are_an_empty_list() => Assert.Equal("", DevicesOf(Fixtures.B, "latest"));

    [Fact]
    public void D7_A_bus_without_address_and_no_tags_are_shown_as_such() =>
        Assert.Equal(
            "{\"type\": \"disk\", \"bus\": \"usb\", \"address\": \"none\", \"tags\": []}",
            DevicesOf(new DiskTag(default, default) { Bus = new("usb", null), Tags = [] })
        );

    [Fact]
    public void D8_A_serial_that_is_null_is_shown_and_one_that_is_not_set_is_not()
    {
        Assert.Equal(
            "{\"type\": \"disk\", \"serial\": null, \"bus\": \"none\", \"address\": \"none\"}",
            DevicesOf(new DiskTag(new(IsSet: true, null), default))
        );
        Assert.Equal(
            "{\"type\": \"disk\", \"bus\": \"none\", \"address\": \"none\"}",
            DevicesOf(new DiskTag(default, default))
        );
    }

    [Fact]
    public void D9_VLAN_and_trust_stand_first() =>
        Assert.Equal(
            "{\"vlan\": 5, \"vf_trusted\": true, \"type\": \"nic\", \"mac\": \"m\", \"bus\": \"pci\", \"address\": \"a\"}",
            DevicesOf(new NetworkInterfaceTag("m", 5, true) { Bus = new("pci", "a") })
        );

    [Theory]
    [InlineData("2016-06-30", false, false, false)]
    [InlineData("2016-06-30", true, false, true)]
    [InlineData("2016-06-30", false, true, false)]
    [InlineData("2017-02-22", false, true, true)]
    [InlineData("2017-02-22", false, false, false)]
    [InlineData("2018-08-27", false, false, true)]
    public void An_interface_with_nothing_to_tell_is_left_out(string version, bool tags, bool vlan, bool shown)
    {
        // An empty list of tags and VLAN 0 are something to tell.
        var nic = new NetworkInterfaceTag("m", vlan ? 0 : null, null) { Tags = tags ? [] : default };
        Assert.Equal(
            shown,
            DevicesOf(
                new Instance
                {
                    Uuid = "u",
                    Hostname = "h",
                    Devices = [nic],
                },
                version
            ).Length > 0
        );
    }

    static string DevicesOf(DeviceTag device) =>
        DevicesOf(
            new Instance
            {
                Uuid = "u",
                Hostname = "h",
                Devices = [device],
            },
            "2020-10-14"
        );

    static string DevicesOf(Instance instance, string version, Compatibility compatibility = Compatibility.Latest)
    {
        var guest = new Guest(instance) { Options = new() { Compatibility = compatibility } };
        var json = guest.Get($"/openstack/{version}/meta_data.json");
        const string Before = "\"devices\": [";
        var start = json.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        var end = json.IndexOf("], \"dedicated_cpus\"", StringComparison.Ordinal);
        return json[start..(end < 0 ? json.Length - "]}".Length : end)];
    }
}
