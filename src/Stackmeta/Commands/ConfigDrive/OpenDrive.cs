using Stackmeta.ConfigDrive;
using Stackmeta.Core.Logging;

namespace Stackmeta;

/// <summary>A volume image in a file, open for reading, with its tree already read.</summary>
sealed class OpenDrive : IDisposable
{
    readonly FileStream _file;

    OpenDrive(FileStream file, DriveImage image)
    {
        _file = file;
        Image = image;
    }

    public DriveImage Image { get; }

    /// <exception cref="CommandException">The file cannot be read or is no drive.</exception>
    public static OpenDrive Open(string path)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var reading = file.CanSeek
                ? DriveImage.Open(file)
                : throw new CommandException($"'{path}' is a pipe; a drive is read from a file.");
            if (reading.Image is { } image)
            {
                return new OpenDrive(file, image);
            }
            throw new CommandException($"'{path}': {reading.Problem!.Sentence}");
        }
        catch (Exception failure)
        {
            file?.Dispose();
            if (SystemReason.IsOfFile(failure))
            {
                throw new CommandException($"The drive cannot be read: {SystemReason.Of(failure, path)}.");
            }
            throw;
        }
    }

    public void Dispose() => _file.Dispose();
}
