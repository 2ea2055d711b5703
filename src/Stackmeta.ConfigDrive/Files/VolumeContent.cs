using System.Text;

namespace Stackmeta.ConfigDrive;

/// <summary>The bytes of a file: in memory, or from a source whose length is known before it is read.</summary>
public abstract class VolumeContent
{
    // Closed: the writers know both kinds.
    VolumeContent() { }

    /// <summary>Bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Content that is in memory. Two contents of the same bytes are equal.</summary>
    public static VolumeContent FromMemory(ReadOnlyMemory<byte> bytes) => new InMemory(bytes);

    /// <summary>A text in UTF-8 without byte order mark.</summary>
    public static VolumeContent FromText(string text) => new InMemory(Encoding.UTF8.GetBytes(text));

    /// <summary>Content that is read when the drive is written.</summary>
    /// <param name="length">What the source will give, in bytes. A source that gives less or more makes writing fail with
    /// <see cref="DriveRefusal.ContentLengthWrong"/>.</param>
    /// <param name="open">Opens the source; called once for each time that the drive is written. The stream is disposed.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public static VolumeContent FromSource(long length, Func<CancellationToken, ValueTask<Stream>> open)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new Source(length, open);
    }

    internal abstract ValueTask WriteAsync(VolumeWriter writer, string path, CancellationToken cancellationToken);

    sealed class InMemory(ReadOnlyMemory<byte> bytes) : VolumeContent
    {
        const int HashedBytes = 256;

        readonly ReadOnlyMemory<byte> _bytes = bytes;

        public override long Length => _bytes.Length;

        public override bool Equals(object? other) =>
            other is InMemory memory && _bytes.Span.SequenceEqual(memory._bytes.Span);

        // The start is enough: documents differ early, and a wrong guess costs only a comparison.
        public override int GetHashCode()
        {
            var hash = new HashCode();
            hash.Add(_bytes.Length);
            hash.AddBytes(_bytes.Span[..Math.Min(_bytes.Length, HashedBytes)]);
            return hash.ToHashCode();
        }

        internal override ValueTask WriteAsync(VolumeWriter writer, string path, CancellationToken cancellationToken) =>
            writer.WriteAsync(_bytes, cancellationToken);
    }

    sealed class Source(long length, Func<CancellationToken, ValueTask<Stream>> open) : VolumeContent
    {
        public override long Length => length;

        internal override async ValueTask WriteAsync(
            VolumeWriter writer,
            string path,
            CancellationToken cancellationToken
        )
        {
            await using var stream = await open(cancellationToken);
            var got = await writer.CopyAsync(stream, length, cancellationToken);
            if (got != length)
            {
                var detail = got < length ? $"{got} bytes instead of {length}" : $"more than {length} bytes";
                throw new DriveException(new(DriveRefusal.ContentLengthWrong, path, detail));
            }
        }
    }
}
