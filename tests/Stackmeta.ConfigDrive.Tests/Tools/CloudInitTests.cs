using System.Text;
using System.Text.Json;
using Stackmeta.Tests.Support;

namespace Stackmeta.ConfigDrive.Tests;

/// <summary>Real cloud-init finds our drives by their label and understands them (Debian's package, unpacked by ./test).</summary>
public sealed class CloudInitTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(DriveFormat.Iso9660)]
    [InlineData(DriveFormat.Vfat)]
    public void A_config_drive_is_understood(DriveFormat format)
    {
        using var understood = Understand("configdrive", Drives.Options(format), Drives.Files(Drives.NovaFiles));
        var root = understood.RootElement;
        Assert.Equal("83679162-1378-4288-a2d4-70e13ec132aa", root.GetProperty("instance_id").GetString());
        Assert.Equal("guest", root.GetProperty("hostname").GetString());
        Assert.Equal("#!/bin/sh\necho hello\n", Bytes(root.GetProperty("user_data")));
        Assert.Equal("ami-00000001", root.GetProperty("ec2_metadata").GetProperty("ami-id").GetString());
        Assert.Equal(70_000, Bytes(root.GetProperty("files").GetProperty("/etc/banner")).Length);
        Assert.Empty(root.GetProperty("warnings").EnumerateArray());
    }

    [Theory]
    [InlineData(DriveFormat.Iso9660)]
    [InlineData(DriveFormat.Vfat)]
    public void A_NoCloud_seed_is_understood(DriveFormat format)
    {
        var options = Drives.Options(format) with { Label = DriveOptions.NoCloudLabel };
        using var understood = Understand(
            "nocloud",
            options,
            Drives.File("meta-data", "instance-id: i-1\nlocal-hostname: größer\n"),
            Drives.File("user-data", "#cloud-config\n{}\n"),
            Drives.File("vendor-data", "#cloud-config\npackages: [less]\n"),
            Drives.File("network-config", "version: 2\nethernets: {eth0: {dhcp4: true}}\n")
        );
        var root = understood.RootElement;
        Assert.Equal("i-1", root.GetProperty("instance_id").GetString());
        Assert.Equal("größer", root.GetProperty("hostname").GetString());
        Assert.Equal("#cloud-config\n{}\n", Bytes(root.GetProperty("user_data")));
        Assert.Equal("#cloud-config\npackages: [less]\n", Bytes(root.GetProperty("vendor_data")));
        Assert.Equal(2, root.GetProperty("network_config").GetProperty("version").GetInt32());
        Assert.Empty(root.GetProperty("warnings").EnumerateArray());
    }

    [Fact]
    public void A_drive_of_another_label_is_not_found()
    {
        var options = Drives.Options(DriveFormat.Iso9660) with { Label = "other" };
        File.WriteAllBytes(
            _scratch["image"],
            Drives.Write(options, Drives.File("user-data"), Drives.File("meta-data", "instance-id: i-1"))
        );
        var (code, output, _) = Run("nocloud");
        Assert.Equal(1, code);
        Assert.Contains("\"ok\": false", Encoding.UTF8.GetString(output));
    }

    JsonDocument Understand(string kind, DriveOptions options, params VolumeFile[] files)
    {
        File.WriteAllBytes(_scratch["image"], Drives.Write(options, files));
        var (code, output, error) = Run(kind);
        Assert.True(code == 0, Encoding.UTF8.GetString(output) + error);
        return JsonDocument.Parse(output);
    }

    (int Code, byte[] Output, string Error) Run(string kind)
    {
        var cloudInit = Path.Combine(Repository.Root, "artifacts/cloud-init/usr/lib/python3/dist-packages");
        Assert.SkipUnless(
            Directory.Exists(cloudInit),
            "cloud-init is not unpacked in artifacts/cloud-init (./test does that)."
        );
        var script = Path.Combine(Repository.Root, "tests/cloud-init/read-drive.py");
        return Tool.Try("/usr/bin/python3", script, cloudInit, kind, _scratch["image"]);
    }

    // The script gives bytes in base64 and texts as they are; cloud-init itself decodes some of them.
    static string Bytes(JsonElement value) =>
        value.ValueKind is JsonValueKind.String
            ? value.GetString()!
            : Encoding.UTF8.GetString(value.GetProperty("base64").GetBytesFromBase64());
}
