using System.Text;

namespace Stackmeta.ConfigDrive.Tests;

/// <summary>Makes and reads drives in memory.</summary>
static class Drives
{
    public static readonly DateTimeOffset Time = new(2026, 2, 28, 23, 59, 58, TimeSpan.Zero);

    public static DriveOptions Options(DriveFormat format) => new() { Format = format, Time = Time };

    public static VolumeFile File(string path, string text = "x") => new(path, VolumeContent.FromText(text));

    public static VolumeFile[] Files(IEnumerable<(string Path, byte[] Bytes)> files) =>
        [.. files.Select(file => new VolumeFile(file.Path, VolumeContent.FromMemory(file.Bytes)))];

    public static byte[] Write(DriveFormat format, params VolumeFile[] files) => Write(Options(format), files);

    public static byte[] Write(DriveOptions options, params VolumeFile[] files)
    {
        var drive = Drive.Prepare(files, options).DriveOrThrow();
        var stream = new MemoryStream(checked((int)drive.Length));
        drive.WriteAsync(stream).GetAwaiter().GetResult();
        Assert.Equal(drive.Length, stream.Length);
        return stream.GetBuffer();
    }

    public static DriveProblem[] Problems(DriveFormat format, params VolumeFile[] files) =>
        [.. Drive.Prepare(files, Options(format)).Problems];

    public static DriveImage Open(byte[] image, IsoNaming naming = IsoNaming.Best)
    {
        var reading = DriveImage.Open(new MemoryStream(image), naming);
        Assert.False(reading.IsRefused, reading.Problem?.Sentence);
        return reading.Image!;
    }

    public static DriveImage OpenFile(string path, IsoNaming naming = IsoNaming.Best) =>
        Open(System.IO.File.ReadAllBytes(path), naming);

    /// <summary>All files of a drive with their bytes, by path.</summary>
    public static Dictionary<string, byte[]> Contents(DriveImage image) =>
        image
            .Entries.Where(entry => entry.Kind is DriveEntryKind.File)
            .ToDictionary(entry => entry.Path, entry => Read(image, entry));

    public static byte[] Read(DriveImage image, DriveEntry entry)
    {
        using var stream = image.OpenRead(entry);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        Assert.Equal(entry.Length, copy.Length);
        return copy.ToArray();
    }

    /// <summary>Fails with the first file that is missing, too many or different.</summary>
    public static void AssertSame(IEnumerable<(string Path, byte[] Bytes)> expected, Dictionary<string, byte[]> actual)
    {
        var files = expected.ToList();
        Assert.Equal(
            files.Select(file => file.Path).Order(StringComparer.Ordinal),
            actual.Keys.Order(StringComparer.Ordinal)
        );
        foreach (var (path, bytes) in files)
        {
            Assert.True(bytes.AsSpan().SequenceEqual(actual[path]), $"'{path}' has other bytes.");
        }
    }

    /// <summary>The file set of a config drive as Nova makes it (spec/nova-metadata.md §9.1), with contents of all sizes.</summary>
    public static (string Path, byte[] Bytes)[] NovaFiles { get; } = [.. MakeNovaFiles()];

    static IEnumerable<(string Path, byte[] Bytes)> MakeNovaFiles()
    {
        foreach (var version in (string[])["2009-04-04", "latest"])
        {
            yield return ($"ec2/{version}/user-data", Encoding.UTF8.GetBytes("#cloud-config\nhostname: größe\n"));
            yield return ($"ec2/{version}/meta-data.json", Encoding.UTF8.GetBytes("{\"ami-id\": \"ami-00000001\"}"));
        }
        foreach (
            var version in (string[])
                ["2012-08-10", "2013-10-17", "2015-10-15", "2016-10-06", "2018-08-27", "2020-10-14", "latest"]
        )
        {
            var folder = $"openstack/{version}";
            var meta =
                "{\"uuid\": \"83679162-1378-4288-a2d4-70e13ec132aa\", \"hostname\": \"guest.novalocal\", \"name\": \"guest\", "
                + "\"launch_index\": 0, \"availability_zone\": \"nova\", \"meta\": {\"role\": \"web\"}, "
                + "\"files\": [{\"path\": \"/etc/banner\", \"content_path\": \"/content/0000\"}]}";
            yield return ($"{folder}/meta_data.json", Encoding.UTF8.GetBytes(meta));
            yield return ($"{folder}/user_data", Encoding.UTF8.GetBytes("#!/bin/sh\necho hello\n"));
            yield return ($"{folder}/vendor_data.json", "{}"u8.ToArray());
            yield return ($"{folder}/vendor_data2.json", "{\"static\": {}}"u8.ToArray());
            yield return (
                $"{folder}/network_data.json",
                "{\"links\": [], \"networks\": [], \"services\": []}"u8.ToArray()
            );
        }
        yield return ("openstack/content/0000", new byte[70_000]);
        yield return ("openstack/content/0001", []);
    }
}
