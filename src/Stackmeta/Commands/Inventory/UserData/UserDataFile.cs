using System.Globalization;
using System.IO.Compression;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>User data that a command line names: read whole, so that what is too long is told with its real size.</summary>
static class UserDataFile
{
    /// <summary>Further than this nobody means it as user data: a device without an end.</summary>
    const int Most = 64 << 20;

    /// <param name="path">The file; - is standard input.</param>
    /// <param name="openInput">Opens standard input.</param>
    /// <param name="warnings">Gets what is wrong with it and is stored all the same, a line each.</param>
    /// <exception cref="CommandException">It cannot be read, or is too long.</exception>
    public static byte[] Read(string path, Func<Stream> openInput, TextWriter warnings)
    {
        var bytes = InputFile.Read(path, Most, openInput);
        var name = path == "-" ? "standard input" : path;
        if (bytes.Length > Limits.UserDataBytes)
        {
            throw new CommandException(TooLong(name, bytes));
        }
        foreach (var sentence in UserDataLint.Check(bytes))
        {
            warnings.WriteLine($"stackmeta: warning: {name}: {sentence}");
        }
        return bytes;
    }

    static string TooLong(string name, byte[] bytes)
    {
        if (bytes.Length > Most)
        {
            return $"{name} is longer than {Most} bytes; user data may have {Limits.UserDataBytes}.";
        }
        var encoded = (bytes.Length + 2) / 3 * 4;
        var packed = Packed(bytes);
        var advice =
            packed <= Limits.UserDataBytes
                ? $"Compress it with gzip, which makes it {packed} bytes and cloud-init unpacks"
                : "Have it fetch the rest: a first line #include and URLs, a line each";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name} is {bytes.Length} bytes long, {encoded} in base64; user data may have {Limits.UserDataBytes}, which are 65535 in base64. {advice}."
        );
    }

    static long Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(bytes);
        }
        return packed.Length;
    }
}
