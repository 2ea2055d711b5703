using Stackmeta.Core.Logging;

namespace Stackmeta;

/// <summary>Files that options name; <c>-</c> is standard input.</summary>
static class InputFile
{
    /// <summary>All of a file's bytes, as they are, unless there are more than a limit.</summary>
    /// <returns>Up to one byte more than the limit: enough for who takes them to see that they are too many.</returns>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public static byte[] Read(string path, int limit, Func<Stream> openInput)
    {
        try
        {
            using var file = path == "-" ? openInput() : File.OpenRead(path);
            var bytes = new byte[limit + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return bytes[..length];
        }
        catch (Exception e) when (SystemReason.IsOfFile(e))
        {
            throw new CommandException($"{path} cannot be read: {SystemReason.Of(e, path)}.");
        }
    }
}
