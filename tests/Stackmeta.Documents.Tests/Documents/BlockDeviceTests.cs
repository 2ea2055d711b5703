using Stackmeta.Core.Instances;

namespace Stackmeta.Documents.Tests;

/// <summary><c>block-device-mapping/</c>: spec/nova-metadata-cases.md, H1 to H5.</summary>
public sealed class BlockDeviceTests
{
    static readonly BlockDevice Image = new("image", "local", null, "/dev/vda");

    [Fact]
    public void H1_Without_a_root_device_the_mapping_is_fixed() =>
        Check(
            Fixtures.A with
            {
                RootDeviceName = null,
                BlockDevices = [Volume("/dev/vdb"), Swap("/dev/vdc")],
            },
            "ami=sda1 ephemeral0=sda2 root=/dev/sda1 swap=sda3"
        );

    [Fact]
    public void H2_Volumes_swap_and_blank_disks_are_named() =>
        Check(
            Fixtures.A with
            {
                BlockDevices = [Volume("/dev/sdh"), Swap("/dev/sdc"), Blank("/dev/sdb")],
            },
            "ami=sda1 ebs0=/dev/sdh ephemeral0=/dev/sdb root=/dev/sda1 swap=/dev/sdc"
        );

    [Fact]
    public void H3_The_image_is_not_listed() =>
        Check(
            Fixtures.B with
            {
                BlockDevices = [Image, Swap("/dev/vdc"), Blank("/dev/vdb"), Volume("/dev/vdd")],
            },
            "ami=vda ebs0=/dev/vdd ephemeral0=/dev/vdb root=/dev/vda swap=/dev/vdc"
        );

    [Fact]
    public void H4_Volumes_stand_by_device_name_and_those_without_first() =>
        Check(
            Fixtures.B with
            {
                BlockDevices = [Volume("/dev/vdc"), Volume("/dev/vda"), Volume(null)],
            },
            "ami=vda ebs0=None ebs1=/dev/vda ebs2=/dev/vdc root=/dev/vda"
        );

    [Fact]
    public void H5_Rows_go_before_defaults() =>
        Check(
            Fixtures.B with
            {
                DefaultEphemeralDevice = "/dev/vdx",
                DefaultSwapDevice = "/dev/vdy",
                BlockDevices = [Swap("/dev/vdc"), Blank("/dev/vdb"), Swap("/dev/vdd"), Blank(null)],
            },
            "ami=vda ephemeral0=/dev/vdb ephemeral1=None root=/dev/vda swap=/dev/vdd"
        );

    [Fact]
    public void Defaults_are_shown_where_no_rows_are() =>
        Check(
            Fixtures.B with
            {
                RootDeviceName = "xvda",
                DefaultEphemeralDevice = "/dev/vdx",
                DefaultSwapDevice = "",
            },
            "ami=xvda ephemeral0=/dev/vdx root=xvda"
        );

    [Fact]
    public void Eleven_volumes_are_listed_by_code_point() =>
        Assert.Equal(
            "ami ebs0 ebs1 ebs10 ebs2 ebs3 ebs4 ebs5 ebs6 ebs7 ebs8 ebs9 root".Split(' '),
            new Guest(
                Fixtures.B with
                {
                    BlockDevices = [.. Enumerable.Range(0, 11).Select(i => Volume($"/dev/vd{(char)('b' + i)}"))],
                }
            ).List("/latest/meta-data/block-device-mapping")
        );

    static void Check(Instance instance, string mapping)
    {
        const string Path = "/latest/meta-data/block-device-mapping/";
        var guest = new Guest(instance);
        Assert.Equal(mapping, string.Join(' ', guest.List(Path).Select(name => $"{name}={guest.Get(Path + name)}")));
    }

    static BlockDevice Volume(string? device) => new("volume", "volume", null, device);

    static BlockDevice Swap(string? device) => new("blank", "local", "swap", device);

    static BlockDevice Blank(string? device) => new("blank", "local", "ext4", device);
}
