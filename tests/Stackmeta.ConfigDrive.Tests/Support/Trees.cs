using CsCheck;

namespace Stackmeta.ConfigDrive.Tests;

/// <summary>Generates file sets of all shapes.</summary>
static class Trees
{
    // Letters that both formats take: ASCII with the awkward ones, Latin, Cyrillic, CJK, and beyond the basic plane.
    static readonly Gen<string> _ascii = Gen.Char["abcXYZ019 ._-+~#$%&'()@^`{}=,;[]!"]
        .Select(letter => letter.ToString());

    static readonly Gen<string> _basic = Gen.Char["äÖßéñżλЖяא文件名ｶ"].Select(letter => letter.ToString());

    static readonly Gen<string> _beyond = OneOf("😀", "𐍈", "𠮷");

    static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    static Gen<string> Name(Gen<string> letter) =>
        Gen.Select(
            Gen.Frequency((8, Gen.Int[1, 12]), (2, Gen.Int[13, 60]), (1, Gen.Int[61, 80]))
                .SelectMany(length => letter.Array[length]),
            OneOf("", "", ".txt", ".json", ".a-rather-long-extension"),
            (letters, extension) =>
                (string.Concat(letters).Trim('.', ' ') is { Length: > 0 } name ? name : "x") + extension
        );

    static readonly Gen<byte[]> _bytes = Gen.Select(
        Gen.Frequency(
            (2, Gen.Const(0)),
            (6, Gen.Int[1, 3000]),
            (2, OneOf(511, 512, 2047, 2048, 2049, 4096)),
            (1, Gen.Int[3000, 200_000]),
            (1, Gen.Int[200_000, 3_000_000])
        ),
        Gen.Int,
        (length, seed) =>
        {
            var bytes = new byte[length];
            new Random(seed).NextBytes(bytes);
            return bytes;
        }
    );

    /// <param name="beyondBasicPlane">Whether names may hold characters of two UTF-16 units, which some tools do not know.</param>
    public static Gen<(string Path, byte[] Bytes)[]> All(bool beyondBasicPlane)
    {
        var letter = beyondBasicPlane
            ? Gen.Frequency((10, _ascii), (4, _basic), (1, _beyond))
            : Gen.Frequency((10, _ascii), (4, _basic));
        // Few different folder names, so that files meet in folders.
        var folder = Gen.Frequency((3, OneOf("openstack", "latest", "Ordner ü")), (1, Name(letter)));
        var path = Gen.Select(
                Gen.Frequency((6, Gen.Int[0, 3]), (1, Gen.Int[4, 14])).SelectMany(depth => folder.Array[depth]),
                Name(letter)
            )
            .Select(pair => string.Join('/', [.. pair.Item1, pair.Item2]));
        return Gen.Select(path, _bytes).Array[0, 25].Select(Acceptable);
    }

    // Only what both formats accept: no two names that are one without case, no file that is a folder.
    static (string Path, byte[] Bytes)[] Acceptable((string Path, byte[] Bytes)[] files)
    {
        var kept = new List<(string Path, byte[] Bytes)>();
        foreach (var file in files)
        {
            kept.Add(file);
            if (Drives.Problems(DriveFormat.Vfat, Drives.Files(kept)).Length > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }
        }
        return [.. kept];
    }
}
