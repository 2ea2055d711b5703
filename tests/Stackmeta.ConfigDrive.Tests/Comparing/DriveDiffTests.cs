namespace Stackmeta.ConfigDrive.Tests;

public sealed class DriveDiffTests
{
    [Fact]
    public void The_same_files_are_the_same_drive_in_either_format()
    {
        var iso = Drives.Open(Drives.Write(DriveFormat.Iso9660, Drives.Files(Drives.NovaFiles)));
        var vfat = Drives.Open(Drives.Write(DriveFormat.Vfat, Drives.Files(Drives.NovaFiles)));
        Assert.Empty(DriveDiff.Compare(iso, vfat));
    }

    [Fact]
    public void Every_difference_is_named_once()
    {
        var long1 = new string('x', 100_000);
        var first = Drives.Open(
            Drives.Write(
                DriveFormat.Iso9660,
                Drives.File("both"),
                Drives.File("changed", long1 + "abc"),
                Drives.File("gone/file"),
                Drives.File("kind"),
                Drives.File("longer", "abc")
            )
        );
        var second = Drives.Open(
            Drives.Write(
                Drives.Options(DriveFormat.Vfat) with
                {
                    Label = "cidata",
                },
                Drives.File("both"),
                Drives.File("changed", long1 + "abX"),
                Drives.File("kind/file"),
                Drives.File("longer", "abcd"),
                Drives.File("new")
            )
        );
        DriveDifference[] expected =
        [
            new(DriveDifferenceKind.Label, "", "config-2", "cidata"),
            new(DriveDifferenceKind.Content, "changed", "100003 bytes", "100003 bytes", 100_002),
            new(DriveDifferenceKind.OnlyInFirst, "gone", "folder", ""),
            new(DriveDifferenceKind.OnlyInFirst, "gone/file", "1 byte", ""),
            new(DriveDifferenceKind.Kind, "kind", "1 byte", "folder"),
            new(DriveDifferenceKind.OnlyInSecond, "kind/file", "", "1 byte"),
            new(DriveDifferenceKind.Length, "longer", "3 bytes", "4 bytes", 3),
            new(DriveDifferenceKind.OnlyInSecond, "new", "", "1 byte"),
        ];
        Assert.Equal(expected, DriveDiff.Compare(first, second));
    }
}
