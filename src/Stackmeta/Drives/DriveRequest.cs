using System.Collections.Immutable;
using Stackmeta.ConfigDrive;

namespace Stackmeta;

/// <summary>What a drive is to be.</summary>
sealed record DriveRequest
{
    /// <summary>The instance's uuid.</summary>
    public required string Instance { get; init; }

    public required DriveFormat Format { get; init; }

    /// <summary>Whether it is a NoCloud seed instead of a config drive.</summary>
    public bool IsNoCloud { get; init; }

    /// <summary>A secret; null for none.</summary>
    public string? AdminPassword { get; init; }

    /// <summary>What the guest puts in places of its own.</summary>
    public ImmutableArray<GuestFile> Files { get; init; } = [];

    /// <summary>The volume that this asks for, of files made at a moment.</summary>
    public DriveOptions OptionsAt(DateTimeOffset time) =>
        new()
        {
            Format = Format,
            Label = IsNoCloud ? DriveOptions.NoCloudLabel : DriveOptions.ConfigDriveLabel,
            Time = time,
        };

    /// <summary>Nothing of it: it holds secrets.</summary>
    public override string ToString() => nameof(DriveRequest);
}

/// <summary>A file that the guest is to put in a place.</summary>
/// <param name="Path">Where, in the guest.</param>
/// <param name="Content">Its bytes.</param>
readonly record struct GuestFile(string Path, VolumeContent Content);
