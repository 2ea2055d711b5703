using CsCheck;

namespace Stackmeta.ConfigDrive.Tests;

/// <summary>Whatever an image says, reading it ends with its files or with a sentence.</summary>
public sealed class CorruptImageTests
{
    static readonly byte[] _iso = Drives.Write(
        DriveFormat.Iso9660,
        [.. Drives.Files(Drives.NovaFiles), Drives.File(new string('n', 200)), Drives.File("a/b/c/d/e/f/g/h/i/j/k")]
    );

    static readonly byte[] _vfat = Drives.Write(
        DriveFormat.Vfat,
        [.. Drives.Files(Drives.NovaFiles), Drives.File(new string('n', 200)), Drives.File("a/b/c/d/e/f/g/h/i/j/k")]
    );

    // Where the structure is: 19 sectors of system area and descriptors in front, then tables and directories.
    const int IsoStructureStart = 16 * 2048;
    const int IsoStructureEnd = 90 * 2048;

    // Boot sector, the used start of both tables, the root directory, the first clusters.
    static readonly (int Start, int End)[] _vfatStructure =
    [
        (0, 512),
        (2048, 2400),
        (133_120, 134_000),
        (149_504, 149_504 + 60 * 2048),
    ];

    static readonly Gen<(int Place, byte Value)[]> _damage = Gen.Select(
        Gen.Int[0, int.MaxValue - 1],
        Gen.Frequency((3, Gen.Byte), (1, Gen.Int[0, 2].Select(i => (byte)(i == 2 ? 0xff : i))))
    ).Array[1, 12];

    [Theory]
    [InlineData(IsoNaming.Best)]
    [InlineData(IsoNaming.Joliet)]
    [InlineData(IsoNaming.Plain)]
    public void Damage_anywhere_in_iso9660_ends_in_files_or_a_problem(IsoNaming naming) =>
        _damage.Sample(
            damage =>
            {
                var image = (byte[])_iso.Clone();
                foreach (var (place, value) in damage)
                {
                    image[IsoStructureStart + place % (IsoStructureEnd - IsoStructureStart)] = value;
                }
                ReadAll(image, naming);
            },
            iter: 3000,
            threads: 1
        );

    [Fact]
    public void Damage_anywhere_in_vfat_ends_in_files_or_a_problem()
    {
        // One copy, repaired after each try: copying 64 MiB each time would be most of the test.
        var image = (byte[])_vfat.Clone();
        _damage.Sample(
            damage =>
            {
                var places = damage.Select(change => (Place: InVfat(change.Place), change.Value)).ToArray();
                foreach (var (place, value) in places)
                {
                    image[place] = value;
                }
                try
                {
                    ReadAll(image, IsoNaming.Best);
                }
                finally
                {
                    foreach (var (place, _) in places)
                    {
                        image[place] = _vfat[place];
                    }
                }
            },
            iter: 3000,
            threads: 1
        );
    }

    static int InVfat(int place)
    {
        var (start, end) = _vfatStructure[place % _vfatStructure.Length];
        return start + place / _vfatStructure.Length % (end - start);
    }

    [Theory]
    [InlineData(DriveFormat.Iso9660)]
    [InlineData(DriveFormat.Vfat)]
    public void An_image_cut_anywhere_ends_in_files_or_a_problem(DriveFormat format)
    {
        var whole = format is DriveFormat.Vfat ? _vfat : _iso;
        var lengths = Enumerable
            .Range(0, 200)
            .Select(i => i * 1009)
            .Where(length => length < whole.Length)
            .Append(whole.Length - 1);
        foreach (var length in lengths)
        {
            var reading = DriveImage.Open(new MemoryStream(whole, 0, length));
            if (format is DriveFormat.Vfat || length <= IsoStructureStart)
            {
                Assert.True(
                    reading.Problem?.Refusal is DriveRefusal.ImageTruncated or DriveRefusal.ImageUnknown,
                    $"{length}: {reading}"
                );
            }
            else if (reading.Image is { } image)
            {
                ReadAll(image);
            }
        }
    }

    [Fact]
    public void Random_bytes_are_no_drive() =>
        Gen
            .Byte.Array[0, 40_000]
            .Sample(
                bytes =>
                    Assert.Equal(DriveRefusal.ImageUnknown, DriveImage.Open(new MemoryStream(bytes)).Problem?.Refusal),
                iter: 100,
                threads: 1
            );

    [Fact]
    public void A_folder_inside_itself_is_found_out()
    {
        var image = Drives.Write(DriveFormat.Iso9660, Drives.File("folder/file"));
        // The root's first record tells its own sector; the folder's record gets it.
        var root = BitConverter.ToInt32(image, 16 * 2048 + 158) * 2048;
        var folder = root + image[root] + image[root + image[root]];
        Array.Copy(image, root + 2, image, folder + 2, 8);
        var problem = DriveImage.Open(new MemoryStream(image)).Problem;
        Assert.Equal(DriveRefusal.ImageCorrupt, problem?.Refusal);
        Assert.Contains("twice", problem!.Sentence);
    }

    [Fact]
    public void A_chain_that_runs_into_itself_is_found_out()
    {
        var image = Drives.Write(DriveFormat.Vfat, new VolumeFile("file", VolumeContent.FromMemory(new byte[5000])));
        // Clusters 2, 3, 4; 4 leads back to 2, and the file claims to be longer.
        image[2048 + 2 * 3] = 2;
        image[2048 + 2 * 3 + 1] = 0;
        var problem = DriveImage.Open(new MemoryStream(image)).Problem;
        Assert.Equal(DriveRefusal.ImageCorrupt, problem?.Refusal);
        Assert.Contains("'file'", problem!.Sentence);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/bb")]
    [InlineData("a\0bb")]
    public void A_name_that_leads_elsewhere_is_refused(string name)
    {
        var image = Drives.Write(DriveFormat.Iso9660, Drives.File("abcd"));
        var at = image.AsSpan().LastIndexOf("NM\u0009\u0001\0abcd"u8);
        System.Text.Encoding.ASCII.GetBytes(name, image.AsSpan(at + 5));
        Assert.Equal(DriveRefusal.ImageCorrupt, DriveImage.Open(new MemoryStream(image)).Problem?.Refusal);
    }

    static void ReadAll(byte[] bytes, IsoNaming naming)
    {
        var reading = DriveImage.Open(new MemoryStream(bytes), naming);
        if (reading.Image is { } image)
        {
            ReadAll(image);
        }
        else
        {
            Assert.NotEmpty(reading.Problem!.Sentence);
        }
    }

    static void ReadAll(DriveImage image)
    {
        foreach (var entry in image.Entries.Where(entry => entry.Kind is DriveEntryKind.File))
        {
            Drives.Read(image, entry);
        }
    }
}
