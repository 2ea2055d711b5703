using CsCheck;

namespace Stackmeta.ConfigDrive.Tests;

/// <summary>Any file set comes back as it went in, by our reader and by another's.</summary>
public sealed class RoundTripTests
{
    [Theory]
    [InlineData(DriveFormat.Iso9660)]
    [InlineData(DriveFormat.Vfat)]
    public void Our_reader_finds_every_file_again(DriveFormat format) =>
        Trees
            .All(beyondBasicPlane: true)
            .Sample(
                files =>
                {
                    var image = Drives.Open(Drives.Write(format, Drives.Files(files)));
                    Assert.Equal("config-2", image.Label);
                    Assert.All(image.Entries, entry => Assert.Equal(Drives.Time, entry.Modified));
                    Drives.AssertSame(files, Drives.Contents(image));
                },
                iter: 40,
                threads: 1
            );

    [Theory]
    [InlineData(IsoNaming.Joliet)]
    [InlineData(IsoNaming.Plain)]
    public void The_other_two_trees_of_iso9660_hold_as_many_files_with_the_same_bytes(IsoNaming naming) =>
        Trees
            .All(beyondBasicPlane: true)
            .Sample(
                files =>
                {
                    var found = Drives.Contents(
                        Drives.Open(Drives.Write(DriveFormat.Iso9660, Drives.Files(files)), naming)
                    );
                    Assert.Equal(Sorted(files.Select(file => file.Bytes)), Sorted(found.Values));
                },
                iter: 30,
                threads: 1
            );

    [Fact]
    public void Xorriso_finds_every_file_of_iso9660()
    {
        Tool.Require("xorriso", "xorriso");
        Trees
            .All(beyondBasicPlane: true)
            .Sample(
                files =>
                {
                    using var scratch = new ScratchFolder();
                    File.WriteAllBytes(scratch["image"], Drives.Write(DriveFormat.Iso9660, Drives.Files(files)));
                    var (code, _, log) = Tool.Try(
                        "xorriso",
                        "-abort_on",
                        "WARNING",
                        "-osirrox",
                        "on",
                        "-indev",
                        scratch["image"],
                        "-extract",
                        "/",
                        scratch["out"]
                    );
                    Assert.True(code == 0, log);
                    Drives.AssertSame(files, Folder(scratch["out"]));
                },
                iter: 20,
                threads: 1
            );
    }

    [Fact]
    public void Isoinfo_lists_every_file_of_iso9660()
    {
        Tool.Require("isoinfo", "genisoimage");
        Trees
            .All(beyondBasicPlane: true)
            .Sample(
                files =>
                {
                    using var scratch = new ScratchFolder();
                    File.WriteAllBytes(scratch["image"], Drives.Write(DriveFormat.Iso9660, Drives.Files(files)));
                    var listed = Tool.Text("isoinfo", "-R", "-f", "-i", scratch["image"])
                        .Split('\n', StringSplitOptions.RemoveEmptyEntries);
                    var folders = files.SelectMany(file => Parents(file.Path));
                    var expected = files
                        .Select(file => file.Path)
                        .Concat(folders)
                        .Distinct()
                        .Select(path => "/" + path);
                    Assert.Equal(expected.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
                },
                iter: 20,
                threads: 1
            );
    }

    [Fact]
    public void Fsck_and_mcopy_accept_every_vfat()
    {
        Tool.Require("fsck.vfat", "dosfstools");
        Tool.Require("mcopy", "mtools");
        Trees
            .All(beyondBasicPlane: false)
            .Sample(
                files =>
                {
                    using var scratch = new ScratchFolder();
                    var image = scratch["image"];
                    File.WriteAllBytes(image, Drives.Write(DriveFormat.Vfat, Drives.Files(files)));
                    Tool.Run("fsck.vfat", "-n", image);
                    var folder = Directory.CreateDirectory(scratch["out"]).FullName;
                    if (files.Length > 0)
                    {
                        Tool.Run("mcopy", "-s", "-n", "-i", image, "::/", folder);
                    }
                    Drives.AssertSame(files, Folder(folder));
                },
                iter: 20,
                threads: 1
            );
    }

    static IEnumerable<string> Parents(string path)
    {
        for (var slash = path.IndexOf('/'); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            yield return path[..slash];
        }
    }

    static Dictionary<string, byte[]> Folder(string folder) =>
        Directory
            .EnumerateFiles(
                folder,
                "*",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }
            )
            .ToDictionary(path => Path.GetRelativePath(folder, path), File.ReadAllBytes);

    static IEnumerable<string> Sorted(IEnumerable<byte[]> contents) =>
        contents
            .Select(bytes => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes)))
            .Order(StringComparer.Ordinal);
}
