using System.Collections.Immutable;
using System.Text;
using Stackmeta.ConfigDrive;
using Stackmeta.Core.Logging;

namespace Stackmeta;

/// <summary>What a drive gets from files that the command line names.</summary>
static class DriveInputs
{
    static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A password: all of the file but the line end.</summary>
    /// <exception cref="CommandException">The file cannot be read, is empty or is not text.</exception>
    public static string ReadPassword(string path)
    {
        try
        {
            var password = _utf8.GetString(Read(path, File.ReadAllBytes)).TrimEnd('\r', '\n');
            return password.Length > 0 ? password : throw new CommandException($"The password file '{path}' is empty.");
        }
        catch (DecoderFallbackException)
        {
            throw new CommandException($"The password in '{path}' is not UTF-8 text.");
        }
    }

    /// <summary>Files for the guest from assignments <c>PATH=LOCAL</c>; the guest's path ends at the first equals sign.</summary>
    /// <exception cref="CommandException">There is no equals sign, a path is senseless or there twice, or a file cannot be
    /// read.</exception>
    public static ImmutableArray<GuestFile> ReadFiles(IEnumerable<string> assignments)
    {
        var files = ImmutableArray.CreateBuilder<GuestFile>();
        var paths = new HashSet<string>(StringComparer.Ordinal);
        foreach (var assignment in assignments)
        {
            var equals = assignment.IndexOf('=');
            if (equals <= 0 || equals == assignment.Length - 1)
            {
                throw Wrong($"--file is '{assignment}', and must be PATH=LOCAL.");
            }
            var path = assignment[..equals];
            // The guest would resolve it, and nobody means a file above its root.
            if (path.Split('/').Contains(".."))
            {
                throw Wrong($"The guest's path '{path}' contains '..' and could lead anywhere.");
            }
            if (!paths.Add(path))
            {
                throw Wrong($"The guest's path '{path}' is given twice.");
            }
            files.Add(new(path, Read(assignment[(equals + 1)..], ContentOf)));
        }
        return files.ToImmutable();
    }

    /// <summary>A regular file is read when the drive is written, anything else now: the length must be known before.</summary>
    static VolumeContent ContentOf(string path)
    {
        using var file = File.OpenRead(path);
        if (file.CanSeek)
        {
            return VolumeContent.FromSource(file.Length, _ => ValueTask.FromResult<Stream>(File.OpenRead(path)));
        }
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return VolumeContent.FromMemory(bytes.ToArray());
    }

    static T Read<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception failure) when (SystemReason.IsOfFile(failure))
        {
            throw new CommandException($"A file for the drive cannot be read: {SystemReason.Of(failure, path)}.");
        }
    }

    static CommandException Wrong(string sentence) => new(sentence, ExitCodes.Usage);
}
