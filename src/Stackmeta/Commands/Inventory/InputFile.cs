using Stackmeta.Core.Logging;

namespace Stackmeta;

/// <summary>Files that options name; <c>-</c> is standard input.</summary>
static class InputFile
{
    const int PartBytes = 64 << 10;

    /// <summary>All of a file's bytes, as they are, unless there are more than a limit.</summary>
    /// <returns>Up to one byte more than the limit: enough for who takes them to see that they are too many.</returns>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public static byte[] Read(string path, int limit, Func<Stream> openInput)
    {
        try
        {
            using var file = path == "-" ? openInput() : File.OpenRead(path);
            using var content = new MemoryStream();
            var part = new byte[Math.Min(limit + 1, PartBytes)];
            while (content.Length <= limit && file.Read(part) is > 0 and var length)
            {
                content.Write(part, 0, (int)Math.Min(length, limit + 1 - content.Length));
            }
            return content.ToArray();
        }
        catch (Exception e) when (SystemReason.IsOfFile(e))
        {
            throw new CommandException($"{path} cannot be read: {SystemReason.Of(e, path)}.");
        }
    }
}
