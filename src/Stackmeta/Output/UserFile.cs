using Stackmeta.Core.Files;
using Stackmeta.Core.Logging;

namespace Stackmeta;

/// <summary>Writes the files that a command line names.</summary>
static class UserFile
{
    /// <summary>
    /// Puts a whole new file in the place of a regular one or of nothing, and writes into a device, FIFO or descriptor as it is.
    /// </summary>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public static async Task WriteAsync(
        string path,
        Func<Stream, CancellationToken, Task> write,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var stream = await StreamFile.OpenAsync(path, TimeProvider.System, cancellationToken);
            await (
                stream is null
                    ? WholeFile.WriteAsync(path, write, cancellationToken: cancellationToken)
                    : write(stream, cancellationToken)
            );
        }
        catch (Exception e) when (SystemReason.IsOfFile(e))
        {
            throw new CommandException($"{path} cannot be written: {SystemReason.Of(e, path)}.");
        }
    }
}
