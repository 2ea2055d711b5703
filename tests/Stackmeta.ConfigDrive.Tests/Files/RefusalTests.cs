namespace Stackmeta.ConfigDrive.Tests;

/// <summary>What a format cannot hold is refused by name, before anything is written.</summary>
public sealed class RefusalTests
{
    public static TheoryData<string, DriveRefusal> PathsThatNoFormatTakes { get; } =
        new()
        {
            { "", DriveRefusal.PathEmpty },
            { "/etc/passwd", DriveRefusal.PathAbsolute },
            { "../outside", DriveRefusal.PathOutsideTree },
            { "a/../../outside", DriveRefusal.PathOutsideTree },
            { "a/..", DriveRefusal.PathOutsideTree },
            { ".", DriveRefusal.PathSegmentEmpty },
            { "a//b", DriveRefusal.PathSegmentEmpty },
            { "a/./b", DriveRefusal.PathSegmentEmpty },
            { "a/", DriveRefusal.PathSegmentEmpty },
            { "a\0b", DriveRefusal.NameCharacter },
            { "half \ud800 a pair", DriveRefusal.NameNotText },
            { string.Join('/', Enumerable.Repeat("name", 300)), DriveRefusal.PathTooLong },
            { new string('n', 256), DriveRefusal.NameTooLong },
        };

    [Theory]
    [MemberData(nameof(PathsThatNoFormatTakes))]
    public void No_format_takes_such_a_path(string path, DriveRefusal refusal)
    {
        foreach (var format in Enum.GetValues<DriveFormat>())
        {
            var problem = Assert.Single(Drives.Problems(format, Drives.File(path), Drives.File("good")));
            Assert.Equal(refusal, problem.Refusal);
            Assert.Contains(path, problem.Sentence);
        }
    }

    [Theory]
    [InlineData("a:b", DriveRefusal.NameCharacter)]
    [InlineData("a\\b", DriveRefusal.NameCharacter)]
    [InlineData("what?", DriveRefusal.NameCharacter)]
    [InlineData("line\nbreak", DriveRefusal.NameCharacter)]
    [InlineData("folder./file", DriveRefusal.NameEnding)]
    [InlineData("file ", DriveRefusal.NameEnding)]
    public void Vfat_refuses_what_Windows_cannot_name_and_iso9660_takes_it(string path, DriveRefusal refusal)
    {
        var problem = Assert.Single(Drives.Problems(DriveFormat.Vfat, Drives.File(path)));
        Assert.Equal((refusal, path), (problem.Refusal, problem.Path));
        Assert.Empty(Drives.Problems(DriveFormat.Iso9660, Drives.File(path)));
    }

    [Fact]
    public void Iso9660_takes_names_of_253_bytes_and_no_more()
    {
        Assert.Empty(Drives.Problems(DriveFormat.Iso9660, Drives.File(new string('n', 253))));
        var problem = Assert.Single(Drives.Problems(DriveFormat.Iso9660, Drives.File(new string('é', 127))));
        Assert.Equal(DriveRefusal.NameTooLong, problem.Refusal);
        Assert.Empty(Drives.Problems(DriveFormat.Vfat, Drives.File(new string('é', 255))));
    }

    [Theory]
    [InlineData(DriveFormat.Iso9660)]
    [InlineData(DriveFormat.Vfat)]
    public void A_path_given_twice_is_refused(DriveFormat format)
    {
        var problem = Assert.Single(Drives.Problems(format, Drives.File("a/b"), Drives.File("a/b")));
        Assert.Equal((DriveRefusal.PathTwice, "a/b"), (problem.Refusal, problem.Path));
    }

    [Theory]
    [InlineData("file", "FILE")]
    [InlineData("folder/one", "Folder/two")]
    [InlineData("größe", "GRÖSSE", false)]
    [InlineData("größe", "GRÖßE")]
    [InlineData("a/b", "A")]
    [InlineData("a", "A/b")]
    public void Names_that_differ_only_by_case_are_one_on_vfat_and_two_on_iso9660(
        string one,
        string other,
        bool same = true
    )
    {
        var problems = Drives.Problems(DriveFormat.Vfat, Drives.File(one), Drives.File(other));
        Assert.Equal(same ? [DriveRefusal.PathTwiceByCase] : [], problems.Select(problem => problem.Refusal));
        Assert.Empty(Drives.Problems(DriveFormat.Iso9660, Drives.File(one), Drives.File(other)));
    }

    [Theory]
    [InlineData("a", "a/b")]
    [InlineData("a/b", "a")]
    [InlineData("a/b/c", "a/b/c/d/e")]
    public void A_file_cannot_also_be_a_folder(string one, string other)
    {
        foreach (var format in Enum.GetValues<DriveFormat>())
        {
            var problem = Assert.Single(Drives.Problems(format, Drives.File(one), Drives.File(other)));
            Assert.Equal((DriveRefusal.FileAsFolder, other), (problem.Refusal, problem.Path));
        }
    }

    [Fact]
    public void A_file_of_5_GiB_is_refused_by_name_and_never_opened()
    {
        var content = VolumeContent.FromSource(5L << 30, _ => throw new InvalidOperationException("Opened."));
        foreach (var format in Enum.GetValues<DriveFormat>())
        {
            var problem = Assert.Single(Drives.Problems(format, new VolumeFile("content/0000", content)));
            Assert.Equal((DriveRefusal.FileTooLarge, "content/0000"), (problem.Refusal, problem.Path));
        }
    }

    [Fact]
    public void The_largest_file_of_iso9660_is_4_GiB_less_a_byte()
    {
        var content = VolumeContent.FromSource((4L << 30) - 1, _ => throw new InvalidOperationException("Opened."));
        var drive = Drive.Prepare([new("large", content)], Drives.Options(DriveFormat.Iso9660)).Drive;
        Assert.True(drive!.Length > 4L << 30);
    }

    [Fact]
    public void Vfat_holds_what_its_clusters_hold_and_not_a_byte_more()
    {
        const int Bytes = 32_695 * 2048;
        Assert.Empty(Drives.Problems(DriveFormat.Vfat, Sized("full", Bytes)));
        var problem = Assert.Single(Drives.Problems(DriveFormat.Vfat, Sized("full", Bytes), Sized("one more", 1)));
        Assert.Equal(DriveRefusal.VolumeTooLarge, problem.Refusal);
        Assert.Contains("32696", problem.Sentence);

        static VolumeFile Sized(string path, long length) =>
            new(path, VolumeContent.FromSource(length, _ => throw new InvalidOperationException("Opened.")));
    }

    [Fact]
    public void Vfats_root_holds_512_entries_and_other_folders_65536()
    {
        // One entry for the label; upper case 8.3 names take one entry each.
        Assert.Empty(Drives.Problems(DriveFormat.Vfat, Many("", 511)));
        Assert.Equal(
            DriveRefusal.FolderTooLarge,
            Assert.Single(Drives.Problems(DriveFormat.Vfat, Many("", 512))).Refusal
        );
        Assert.Empty(Drives.Problems(DriveFormat.Vfat, Many("F/", 65_534)));
        var problem = Assert.Single(Drives.Problems(DriveFormat.Vfat, Many("F/", 65_535)));
        Assert.Equal((DriveRefusal.FolderTooLarge, "F"), (problem.Refusal, problem.Path));

        static VolumeFile[] Many(string folder, int count)
        {
            var empty = VolumeContent.FromMemory(default);
            return [.. Enumerable.Range(0, count).Select(i => new VolumeFile($"{folder}N{i}", empty))];
        }
    }

    [Fact]
    public void Iso9660_numbers_65535_folders()
    {
        var empty = VolumeContent.FromMemory(default);
        var files = Enumerable.Range(0, 65_534).Select(i => new VolumeFile($"d{i / 256}-{i % 256}/f", empty)).ToList();
        Assert.Empty(Drives.Problems(DriveFormat.Iso9660, [.. files]));
        var problem = Assert.Single(Drives.Problems(DriveFormat.Iso9660, [.. files, new VolumeFile("more/f", empty)]));
        Assert.Equal(DriveRefusal.FoldersTooMany, problem.Refusal);
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once()
    {
        var problems = Drives.Problems(
            DriveFormat.Iso9660,
            Drives.File("../a"),
            Drives.File("b"),
            Drives.File("b"),
            Drives.File("/c")
        );
        Assert.Equal(
            [DriveRefusal.PathOutsideTree, DriveRefusal.PathTwice, DriveRefusal.PathAbsolute],
            problems.Select(problem => problem.Refusal)
        );
    }

    [Theory]
    [InlineData(DriveFormat.Vfat, "", DriveRefusal.LabelUnusable)]
    [InlineData(DriveFormat.Vfat, "twelve-bytes", DriveRefusal.LabelUnusable)]
    [InlineData(DriveFormat.Vfat, "a/b", DriveRefusal.LabelUnusable)]
    [InlineData(DriveFormat.Iso9660, "a/b", DriveRefusal.None)]
    [InlineData(DriveFormat.Iso9660, "sixteen-letters!", DriveRefusal.None)]
    [InlineData(DriveFormat.Iso9660, "seventeen-letters", DriveRefusal.LabelUnusable)]
    [InlineData(DriveFormat.Iso9660, "ümlaut", DriveRefusal.LabelUnusable)]
    [InlineData(DriveFormat.Iso9660, " padded", DriveRefusal.LabelUnusable)]
    public void A_label_must_fit_its_format(DriveFormat format, string label, DriveRefusal refusal)
    {
        var problems = Drive.Prepare([Drives.File("a")], Drives.Options(format) with { Label = label }).Problems;
        Assert.Equal(refusal is DriveRefusal.None ? [] : [refusal], problems.Select(problem => problem.Refusal));
    }

    [Theory]
    [InlineData(DriveFormat.Vfat, 1979, true)]
    [InlineData(DriveFormat.Vfat, 1980, false)]
    [InlineData(DriveFormat.Vfat, 2108, true)]
    [InlineData(DriveFormat.Iso9660, 1979, false)]
    [InlineData(DriveFormat.Iso9660, 2156, true)]
    public void A_time_must_fit_its_format(DriveFormat format, int year, bool refused)
    {
        var time = new DateTimeOffset(year, 6, 1, 0, 0, 0, TimeSpan.Zero);
        var problems = Drive.Prepare([Drives.File("a")], Drives.Options(format) with { Time = time }).Problems;
        Assert.Equal(refused ? [DriveRefusal.TimeOutOfRange] : [], problems.Select(problem => problem.Refusal));
    }

    [Fact]
    public void Every_refusal_has_a_sentence()
    {
        foreach (var refusal in Enum.GetValues<DriveRefusal>().Where(refusal => refusal is not DriveRefusal.None))
        {
            Assert.EndsWith(".", new DriveProblem(refusal, null, "detail").Sentence);
        }
    }
}
