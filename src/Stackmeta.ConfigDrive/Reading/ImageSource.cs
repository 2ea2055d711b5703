namespace Stackmeta.ConfigDrive;

/// <summary>The image's bytes by offset; whoever reads beyond its end learns that it is truncated.</summary>
sealed class ImageSource(Stream stream)
{
    public long Length { get; } = stream.Length;

    /// <exception cref="DriveException"><see cref="DriveRefusal.ImageTruncated"/></exception>
    public void Read(long offset, Span<byte> into, string what)
    {
        Require(offset, into.Length, what);
        stream.Position = offset;
        stream.ReadExactly(into);
    }

    public int ReadSome(long offset, Span<byte> into)
    {
        stream.Position = offset;
        return stream.Read(into);
    }

    /// <exception cref="DriveException"><see cref="DriveRefusal.ImageTruncated"/></exception>
    public void Require(long offset, long length, string what)
    {
        if (offset < 0 || length < 0 || offset > Length - length)
        {
            var detail = $"{what} needs bytes {offset} to {offset + length}, it has {Length}";
            throw new DriveException(new(DriveRefusal.ImageTruncated, null, detail));
        }
    }
}
