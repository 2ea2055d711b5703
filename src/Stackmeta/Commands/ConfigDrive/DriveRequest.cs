using System.Collections.Immutable;
using Stackmeta.ConfigDrive;
using Stackmeta.Metadata;

namespace Stackmeta;

/// <summary>What the drive is to be, as the command line says.</summary>
sealed record DriveRequest
{
    public required string Instance { get; init; }

    public required DriveFormat Format { get; init; }

    /// <summary>Whether it is a NoCloud seed instead of a config drive.</summary>
    public bool IsNoCloud { get; init; }

    public string? AdminPassword { get; init; }

    public ImmutableArray<PersonalityFile> Files { get; init; } = [];

    /// <exception cref="CommandException">A NoCloud seed has no place for a password or files.</exception>
    public void Check()
    {
        if (IsNoCloud && (AdminPassword is not null || !Files.IsEmpty))
        {
            throw new CommandException(
                "A NoCloud seed has no place for --admin-pass-file and --file; put them into the user data.",
                ExitCodes.Usage
            );
        }
    }

    /// <summary>A password from a file: all of it but the line end.</summary>
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public static string ReadPassword(string path) =>
        System.Text.Encoding.UTF8.GetString(Read(path)).TrimEnd('\r', '\n');

    /// <summary>A file for the guest from <c>PATH=LOCAL</c>; the guest's path ends at the first equals sign.</summary>
    /// <exception cref="CommandException">There is no equals sign, or the file cannot be read.</exception>
    public static PersonalityFile ReadFile(string assignment)
    {
        var equals = assignment.IndexOf('=');
        return equals > 0 && equals < assignment.Length - 1
            ? new(assignment[..equals], Read(assignment[(equals + 1)..]))
            : throw new CommandException($"--file is '{assignment}', and must be PATH=LOCAL.", ExitCodes.Usage);
    }

    static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"A file for the drive cannot be read: {failure.Message}");
        }
    }
}
