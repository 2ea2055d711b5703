using System.Text;

namespace Stackmeta.ConfigDrive.Tests;

/// <summary>Other makers' readers accept our drives and find in them what was put in.</summary>
public sealed class OtherReadersTests : IDisposable
{
    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>Beyond Nova's files: everything that formats do not like and yet must carry.</summary>
    static readonly (string Path, byte[] Bytes)[] _awkward =
    [
        .. Drives.NovaFiles,
        .. Text(
            ".hidden.x.y",
            "empty folder name/with space/and a name.with.dots",
            "UPPER.TXT",
            "exactly8.txt",
            "nine_long.text",
            "grüße/文件 ü.txt",
            "user-data",
            "user_data",
            "odd+name~#$%&'()-@^_`{}=[],;.txt",
            "OPENST~1",
            new string('n', 120) + ".json",
            new string('n', 200) + "1.json",
            new string('n', 200) + "2.json",
            new string('é', 100) + ".x",
            string.Concat(Enumerable.Repeat("deep/", 12)) + "end",
            string.Join('/', Enumerable.Range(0, 4).Select(i => new string((char)('a' + i), 200))) + "/end"
        ),
    ];

    static IEnumerable<(string, byte[])> Text(params string[] paths) =>
        paths.Select(path => (path, Encoding.UTF8.GetBytes(path)));

    string Image(DriveFormat format)
    {
        var path = _scratch["image"];
        File.WriteAllBytes(path, Drives.Write(format, Drives.Files(_awkward)));
        return path;
    }

    [Fact]
    public void Isoinfo_reads_every_file_by_its_Rock_Ridge_name()
    {
        Tool.Require("isoinfo", "genisoimage");
        var image = Image(DriveFormat.Iso9660);
        foreach (var (path, bytes) in _awkward)
        {
            Assert.Equal(bytes, Tool.Run("isoinfo", "-R", "-i", image, "-x", "/" + path));
        }
    }

    [Fact]
    public void Isoinfo_sees_the_label_both_extensions_and_root_owned_read_only_files()
    {
        Tool.Require("isoinfo", "genisoimage");
        var image = Image(DriveFormat.Iso9660);
        var descriptor = Tool.Text("isoinfo", "-d", "-i", image);
        Assert.Contains("Volume id: config-2\n", descriptor);
        Assert.Contains("Publisher id: Stackmeta\n", descriptor);
        Assert.Contains("Joliet with UCS level 3 found", descriptor);
        Assert.Contains("Rock Ridge signatures version 1 found", descriptor);
        var listing = Tool.Text("isoinfo", "-l", "-R", "-i", image);
        Assert.Matches(@"-r--r--r--   1    0    0 +\d+ Feb 28 2026 \[ *\d+ 00\]  meta_data.json", listing);
        Assert.Matches(@"dr-xr-xr-x +\d+    0    0 +\d+ Feb 28 2026 \[ *\d+ 02\]  openstack", listing);
    }

    [Fact]
    public void Xorriso_extracts_the_same_tree_and_finds_nothing_to_complain_of()
    {
        Tool.Require("xorriso", "xorriso");
        var image = Image(DriveFormat.Iso9660);
        var folder = _scratch["out"];
        var (code, _, log) = Tool.Try(
            "xorriso",
            "-abort_on",
            "WARNING",
            "-osirrox",
            "on",
            "-indev",
            image,
            "-extract",
            "/",
            folder
        );
        Assert.True(code == 0, log);
        Assert.DoesNotContain("WARNING", log);
        AssertFolder(folder);
    }

    [Theory]
    [InlineData(DriveFormat.Iso9660)]
    public void Libarchive_extracts_the_same_tree(DriveFormat format)
    {
        Tool.Require("bsdtar", "libarchive-tools");
        var folder = Directory.CreateDirectory(_scratch["out"]).FullName;
        Tool.Run("bsdtar", "-x", "-f", Image(format), "-C", folder);
        AssertFolder(folder);
    }

    [Fact]
    public void Fsck_finds_no_fault_in_vfat()
    {
        Tool.Require("fsck.vfat", "dosfstools");
        var report = Tool.Text("fsck.vfat", "-n", "-v", Image(DriveFormat.Vfat));
        Assert.DoesNotContain("differ", report);
        Assert.Matches(@"\d+ files, \d+/32695 clusters", report);
    }

    [Fact]
    public void Mtools_copies_the_same_tree_and_shows_the_label()
    {
        Tool.Require("mcopy", "mtools");
        var image = Image(DriveFormat.Vfat);
        var folder = Directory.CreateDirectory(_scratch["out"]).FullName;
        Tool.Run("mcopy", "-s", "-n", "-i", image, "::/", folder);
        AssertFolder(folder);
        Assert.Contains("Volume label is config-2", Tool.Text("mlabel", "-s", "-i", image, "::"));
        Assert.Contains("2026-02-28  23:59", Tool.Text("mdir", "-i", image, "::/openstack/latest"));
    }

    [Theory]
    [InlineData(DriveFormat.Iso9660, "iso9660", "config-2")]
    [InlineData(DriveFormat.Vfat, "vfat", "config-2")]
    [InlineData(DriveFormat.Iso9660, "iso9660", "cidata")]
    [InlineData(DriveFormat.Vfat, "vfat", "cidata")]
    public void Blkid_shows_type_and_label_by_which_guests_find_the_drive(DriveFormat format, string type, string label)
    {
        Tool.Require("blkid", "util-linux");
        var path = _scratch["image"];
        File.WriteAllBytes(path, Drives.Write(Drives.Options(format) with { Label = label }, Drives.File("one")));
        var found = Tool.Text("blkid", "-p", "-o", "export", path).Split('\n');
        Assert.Contains($"TYPE={type}", found);
        Assert.Contains($"LABEL={label}", found);
    }

    static void AssertFolder(string folder)
    {
        var found = Directory
            .EnumerateFiles(
                folder,
                "*",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }
            )
            .ToDictionary(path => Path.GetRelativePath(folder, path), File.ReadAllBytes);
        Drives.AssertSame(_awkward, found);
    }
}
