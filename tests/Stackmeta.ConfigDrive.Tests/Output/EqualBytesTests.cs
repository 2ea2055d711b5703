namespace Stackmeta.ConfigDrive.Tests;

/// <summary>Equal input gives equal bytes.</summary>
public sealed class EqualBytesTests
{
    [Theory]
    [InlineData(DriveFormat.Iso9660)]
    [InlineData(DriveFormat.Vfat)]
    public void Neither_the_order_of_files_nor_the_time_zone_nor_where_bytes_lie_leaves_a_trace(DriveFormat format)
    {
        var options = Drives.Options(format);
        var files = Drives.Files(Drives.NovaFiles);
        var reversed = Drives.Files(Drives.NovaFiles.Reverse().Select(file => (file.Path, file.Bytes.ToArray())));
        var there = options with { Time = options.Time.ToOffset(TimeSpan.FromHours(9)) };
        Assert.Equal(Drives.Write(options, files), Drives.Write(there, reversed));
    }

    [Fact]
    public async Task A_drive_can_be_written_twice()
    {
        var drive = Drive.Prepare(Drives.Files(Drives.NovaFiles), Drives.Options(DriveFormat.Iso9660)).DriveOrThrow();
        using var one = new MemoryStream();
        using var other = new MemoryStream();
        await drive.WriteAsync(one);
        await drive.WriteAsync(other);
        Assert.Equal(one.ToArray(), other.ToArray());
    }

    [Fact]
    public void Files_of_one_content_lie_on_iso9660_once()
    {
        var content = VolumeContent.FromMemory(new byte[100_000]);
        var same = VolumeContent.FromMemory(new byte[100_000]);
        var once = Drives.Write(DriveFormat.Iso9660, new VolumeFile("a/user_data", content));
        var often = Drives.Write(
            DriveFormat.Iso9660,
            [.. Enumerable.Range(0, 5).Select(i => new VolumeFile($"a/user_data{i}", i % 2 == 0 ? content : same))]
        );
        Assert.InRange(often.Length, once.Length, once.Length + 10_000);
        Assert.All(Drives.Contents(Drives.Open(often)).Values, bytes => Assert.Equal(100_000, bytes.Length));
    }
}
