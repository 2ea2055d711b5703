namespace Stackmeta.ConfigDrive;

/// <summary>
/// A drive that is laid out and known to fit: it can be written any number of times, to anything. Nothing that the format
/// cannot hold gets this far; see <see cref="Prepare"/>.
/// </summary>
public abstract class Drive
{
    private protected Drive(DriveOptions options) => Options = options;

    public DriveOptions Options { get; }

    /// <summary>Size of the image in bytes, known before anything is written.</summary>
    public abstract long Length { get; }

    /// <summary>Checks files and options against the format's limits and lays the drive out. Reads no content.</summary>
    /// <returns>The drive, or everything that speaks against it.</returns>
    public static DrivePreparation Prepare(IEnumerable<VolumeFile> files, DriveOptions options)
    {
        var problems = new List<DriveProblem>();
        DriveOptionsCheck.Check(options, problems);
        NameRules rules = options.Format is DriveFormat.Vfat ? new VfatNameRules() : new IsoNameRules();
        var tree = VolumeTree.Build(files, rules, problems);
        if (problems.Count > 0)
        {
            return new(null, [.. problems]);
        }
        Drive? drive =
            options.Format is DriveFormat.Vfat
                ? VfatDrive.Lay(tree, options, problems)
                : IsoDrive.Lay(tree, options, problems);
        return new(drive, [.. problems]);
    }

    /// <summary>Writes the image front to back. The output need not be seekable, and is flushed but not closed.</summary>
    /// <exception cref="DriveException">A content source did not give the announced number of bytes.</exception>
    /// <exception cref="IOException">The output or a content source failed; what was written is no drive.</exception>
    public Task WriteAsync(Stream output, CancellationToken cancellationToken = default) =>
        WriteAsync(output, isFreshFile: false, cancellationToken);

    /// <summary>
    /// Writes the image into a fresh file, leaving runs of zeros out as holes: a vfat drive of 64 MiB then costs what its files cost.
    /// </summary>
    /// <param name="freshFile">A regular file, seekable and empty. Not a device: what it held before would show through the holes.</param>
    /// <param name="cancellationToken">Leaves a part of the image behind.</param>
    /// <exception cref="ArgumentException">The file is not empty or not seekable.</exception>
    /// <exception cref="DriveException">A content source did not give the announced number of bytes.</exception>
    /// <exception cref="IOException">The output or a content source failed; what was written is no drive.</exception>
    public Task WriteSparseAsync(Stream freshFile, CancellationToken cancellationToken = default)
    {
        if (!freshFile.CanSeek || freshFile.Length != 0)
        {
            throw new ArgumentException("Holes need an empty file that can be seeked.", nameof(freshFile));
        }
        return WriteAsync(freshFile, isFreshFile: true, cancellationToken);
    }

    async Task WriteAsync(Stream output, bool isFreshFile, CancellationToken cancellationToken)
    {
        using var writer = new VolumeWriter(output, isFreshFile);
        await WriteAsync(writer, cancellationToken);
        await writer.FinishAsync(cancellationToken);
    }

    private protected abstract Task WriteAsync(VolumeWriter writer, CancellationToken cancellationToken);
}
