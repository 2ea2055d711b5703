using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Stackmeta.ConfigDrive;

/// <summary>A drive, or why there is none.</summary>
/// <param name="Drive">Null if there are problems.</param>
/// <param name="Problems">All that was found, not only the first; empty if there is a drive.</param>
public sealed record DrivePreparation(Drive? Drive, ImmutableArray<DriveProblem> Problems)
{
    /// <summary>The drive, or an exception with the first problem.</summary>
    /// <exception cref="DriveException">There are problems.</exception>
    public Drive DriveOrThrow() => Drive ?? throw new DriveException(Problems[0]);

    public bool IsRefused([NotNullWhen(false)] out Drive? drive)
    {
        drive = Drive;
        return drive is null;
    }
}
