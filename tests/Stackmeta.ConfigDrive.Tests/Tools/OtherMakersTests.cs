using System.Text;

namespace Stackmeta.ConfigDrive.Tests;

/// <summary>The same files, once by the tools that Nova calls and once by us, are the same drive.</summary>
public sealed class OtherMakersTests : IDisposable
{
    // What nova.virt.configdrive passes (spec/nova-metadata.md §9.3).
    static readonly string[] _novaOptions =
    [
        "-ldots",
        "-allow-lowercase",
        "-allow-multidot",
        "-l",
        "-quiet",
        "-J",
        "-r",
    ];

    readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    static readonly (string Path, byte[] Bytes)[] _files =
    [
        .. Drives.NovaFiles,
        (".hidden.x.y", "1"u8.ToArray()),
        ("grüße.txt", "2"u8.ToArray()),
        (new string('n', 200) + ".json", "3"u8.ToArray()),
        ("a/b/c/d/e/f/g/h/i/j/deep", "4"u8.ToArray()),
        ("ec2/2009-04-04/user_data", "5"u8.ToArray()),
        ("no_dot_at_all_and_rather_long_name", "6"u8.ToArray()),
    ];

    string Genisoimage(string label = "config-2")
    {
        Tool.Require("genisoimage", "genisoimage");
        var image = _scratch["genisoimage.iso"];
        Tool.Run(
            "genisoimage",
            [
                "-o",
                image,
                .. _novaOptions,
                "-publisher",
                "OpenStack Nova 26.2.2",
                "-V",
                label,
                _scratch.Lay("tree", _files),
            ]
        );
        return image;
    }

    static byte[] Ours() =>
        Drives.Write(
            Drives.Options(DriveFormat.Iso9660) with
            {
                Publisher = "OpenStack Nova 26.2.2",
            },
            Drives.Files(_files)
        );

    [Theory]
    [InlineData(IsoNaming.RockRidge)]
    [InlineData(IsoNaming.Plain)]
    public void Genisoimages_drive_and_ours_have_the_same_files_and_folders(IsoNaming naming)
    {
        var theirs = Drives.OpenFile(Genisoimage(), naming);
        var ours = Drives.Open(Ours(), naming);
        if (naming is IsoNaming.RockRidge)
        {
            Assert.Empty(DriveDiff.Compare(theirs, ours));
            Assert.Equal(theirs.Entries.Select(Permissions), ours.Entries.Select(Permissions));
            return;
        }
        // Plain names, which cannot show moved folders in their place. Which of two clashing names steps aside is also another's choice.
        Assert.Equal(Names(theirs), Names(ours));

        static (string, UnixFileMode?) Permissions(DriveEntry entry) => (entry.Path, entry.Mode);
        static IEnumerable<string> Names(DriveImage image) =>
            image.Entries.Select(entry => entry.Path).Where(path => path[0] is not 'a' and not 'r');
    }

    [Fact]
    public void Joliet_names_are_genisoimages_but_for_cut_ones()
    {
        var theirs = Drives.OpenFile(Genisoimage(), IsoNaming.Joliet);
        var ours = Drives.Open(Ours(), IsoNaming.Joliet);
        var differences = DriveDiff.Compare(theirs, ours).Select(difference => difference.Path);
        // Ours keeps the extension.
        Assert.Equal([new string('n', 59) + ".json", new string('n', 64)], differences);
    }

    [Fact]
    public void The_descriptors_agree_wherever_a_reader_looks()
    {
        var theirs = File.ReadAllBytes(Genisoimage());
        var ours = Ours();
        foreach (var descriptor in (int[])[16, 17])
        {
            var start = descriptor * 2048;
            // Type, identifier, version, system, volume, escape sequences, set size, number, block size.
            Equal(0, 8);
            Equal(8, 40);
            Equal(40, 72);
            Equal(88, 120);
            Equal(120, 132);
            // Flags, unit, gap, number and identifier of the root's record.
            Equal(156, 157);
            Equal(181, 190);
            // Volume set, publisher, preparer, and the two version bytes. Joliet's three file names are of 37 bytes, an odd
            // number, and genisoimage shifts the last two by one.
            Equal(190, 574);
            Equal(702, 738);
            Equal(881, 883);

            void Equal(int from, int to) =>
                Assert.Equal(theirs[(start + from)..(start + to)], ours[(start + from)..(start + to)]);
        }
        Assert.Equal(theirs[(18 * 2048)..(19 * 2048)], ours[(18 * 2048)..(19 * 2048)]);
    }

    [Fact]
    public void Xorrisos_drive_reads_like_ours()
    {
        Tool.Require("xorriso", "xorriso");
        var image = _scratch["xorriso.iso"];
        Tool.Run(
            "xorriso",
            "-as",
            "mkisofs",
            "-quiet",
            "-o",
            image,
            "-V",
            "config-2",
            "-J",
            "-r",
            _scratch.Lay("tree", _files)
        );
        Assert.Empty(DriveDiff.Compare(Drives.OpenFile(image), Drives.Open(Ours())));
    }

    [Theory]
    [InlineData(64, "FAT16", new string[0])]
    [InlineData(4, "FAT12", new string[0])]
    [InlineData(64, "FAT32", new[] { "-F", "32" })]
    [InlineData(64, "FAT16", new[] { "-S", "2048" })]
    [InlineData(64, "FAT16", new[] { "-f", "1" })]
    public void Mkfs_and_mcopys_drive_reads_like_ours(int size, string variant, string[] options)
    {
        Tool.Require("mkfs.vfat", "dosfstools");
        Tool.Require("mcopy", "mtools");
        var image = MakeVfat(size, options, _files);
        var theirs = Drives.OpenFile(image);
        Assert.Equal(variant, theirs.Variant);
        Assert.Empty(DriveDiff.Compare(theirs, Drives.Open(Drives.Write(DriveFormat.Vfat, Drives.Files(_files)))));
    }

    [Fact]
    public void Our_vfat_has_the_shape_that_mkfs_gives_a_file_of_64_MiB()
    {
        Tool.Require("mkfs.vfat", "dosfstools");
        var theirs = File.ReadAllBytes(MakeVfat(64, [], []));
        var ours = Drives.Write(DriveFormat.Vfat);
        Assert.Equal(theirs.Length, ours.Length);
        // All numbers up to the serial number, then label and type.
        Assert.Equal(theirs[..39], ours[..39]);
        Assert.Equal(theirs[43..62], ours[43..62]);
        Assert.Equal(theirs[510..2048], ours[510..2048]);
        // Both tables, and the root directory but for the label's times.
        Assert.Equal(theirs[2048..133_120], ours[2048..133_120]);
        Assert.Equal(theirs[133_120..133_132], ours[133_120..133_132]);
        Assert.Equal(theirs[133_152..], ours[133_152..]);
    }

    [Fact]
    public void A_vfat_drive_whose_files_were_removed_and_written_again_is_read_right()
    {
        Tool.Require("mkfs.vfat", "dosfstools");
        Tool.Require("mcopy", "mtools");
        // Small clusters, and holes that the next file fills in pieces.
        var pieces = Enumerable
            .Range(0, 40)
            .Select(i => ($"p{i}", Encoding.UTF8.GetBytes(new string((char)('a' + i % 26), 3000))))
            .ToList();
        var image = MakeVfat(4, ["-s", "1"], pieces);
        for (var i = 0; i < 40; i += 2)
        {
            Tool.Run("mdel", "-i", image, $"::/p{i}");
        }
        var large = Enumerable.Range(0, 2_000_000).Select(i => (byte)(i * 7 / 3)).ToArray();
        File.WriteAllBytes(_scratch["large"], large);
        Tool.Run("mcopy", "-i", image, _scratch["large"], "::/a large file.bin");
        var found = Drives.Contents(Drives.OpenFile(image));
        Drives.AssertSame([.. pieces.Where((_, i) => i % 2 == 1), ("a large file.bin", large)], found);
    }

    string MakeVfat(int megabytes, string[] options, IReadOnlyCollection<(string Path, byte[] Bytes)> files)
    {
        var image = _scratch["mkfs.img"];
        using (var file = File.Create(image))
        {
            file.SetLength(megabytes * 1024L * 1024);
        }
        Tool.Run("mkfs.vfat", [.. options, "-n", "config-2", image]);
        var folder = _scratch.Lay("vfat", files);
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
        {
            Tool.Run("mcopy", "-s", "-Q", "-i", image, entry, "::/");
        }
        return image;
    }
}
