using System.Buffers;

namespace Stackmeta.ConfigDrive;

/// <summary>
/// Writes a volume front to back and knows where it is. Small pieces are gathered, so that a drive of many small files costs
/// few writes. Used by one writer at a time.
/// </summary>
sealed class VolumeWriter : IDisposable
{
    // Large enough that an ordinary drive of 100 to 300 KiB takes a few writes, small enough for the shared pool.
    const int BufferSize = 128 * 1024;

    // Shorter runs of zeros are not worth a hole: file systems keep blocks of 4 KiB.
    const int SmallestHole = 64 * 1024;

    readonly Stream _output;
    readonly bool _holes;
    readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    int _buffered;

    /// <param name="output">Where to; never closed here.</param>
    /// <param name="holes">True if runs of zeros may be skipped by seeking: only for a fresh regular file.</param>
    public VolumeWriter(Stream output, bool holes)
    {
        _output = output;
        _holes = holes;
    }

    /// <summary>Bytes since the start of the volume.</summary>
    public long Position { get; private set; }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.Length > BufferSize - _buffered)
        {
            await FlushAsync(cancellationToken);
            if (bytes.Length >= BufferSize)
            {
                await _output.WriteAsync(bytes, cancellationToken);
                Position += bytes.Length;
                return;
            }
        }
        bytes.Span.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += bytes.Length;
        Position += bytes.Length;
    }

    /// <summary>Copies at most <paramref name="length"/> bytes of a stream.</summary>
    /// <returns>The number of bytes that the stream gave, or <paramref name="length"/> + 1 if it has more.</returns>
    public async ValueTask<long> CopyAsync(Stream from, long length, CancellationToken cancellationToken)
    {
        var got = 0L;
        while (got < length)
        {
            if (_buffered == BufferSize)
            {
                await FlushAsync(cancellationToken);
            }
            var room = (int)Math.Min(BufferSize - _buffered, length - got);
            var read = await from.ReadAsync(_buffer.AsMemory(_buffered, room), cancellationToken);
            if (read == 0)
            {
                return got;
            }
            _buffered += read;
            Position += read;
            got += read;
        }
        var one = new byte[1];
        return await from.ReadAsync(one, cancellationToken) == 0 ? got : got + 1;
    }

    /// <summary>Zeros up to a place that is not behind the present one.</summary>
    public async ValueTask ZerosToAsync(long position, CancellationToken cancellationToken)
    {
        var missing = position - Position;
        ArgumentOutOfRangeException.ThrowIfLessThan(position, Position);
        if (_holes && missing >= SmallestHole)
        {
            await FlushAsync(cancellationToken);
            _output.SetLength(_output.Position + missing);
            _output.Seek(missing, SeekOrigin.Current);
            Position = position;
            return;
        }
        while (Position < position)
        {
            if (_buffered == BufferSize)
            {
                await FlushAsync(cancellationToken);
            }
            var room = (int)Math.Min(BufferSize - _buffered, position - Position);
            _buffer.AsSpan(_buffered, room).Clear();
            _buffered += room;
            Position += room;
        }
    }

    /// <summary>Hands everything to the output and flushes that.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        await _output.FlushAsync(cancellationToken);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);

    async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_buffered > 0)
        {
            await _output.WriteAsync(_buffer.AsMemory(0, _buffered), cancellationToken);
            _buffered = 0;
        }
    }
}
