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

    // Shorter runs of zeros are not worth a hole, which costs a write of what is gathered so far: file systems keep blocks of 4 KiB.
    const int SmallestHole = 16 * 1024;

    // What an output gets in the place of a hole: as much as a pipe takes at once.
    static readonly byte[] _zeros = new byte[64 * 1024];

    readonly Stream _output;
    readonly bool _isFreshFile;
    readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    int _buffered;

    // The file is to be longer than what was written into it.
    bool _endsInHole;

    /// <param name="output">Where to; never closed here.</param>
    /// <param name="isFreshFile">True for a fresh regular file only: runs of zeros are skipped by seeking.</param>
    public VolumeWriter(Stream output, bool isFreshFile)
    {
        _output = output;
        _isFreshFile = isFreshFile;
    }

    /// <summary>Bytes since the start of the volume.</summary>
    public long Position { get; private set; }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Position += bytes.Length;
        if (bytes.Length > BufferSize - _buffered)
        {
            await FlushAsync(cancellationToken);
            if (bytes.Length >= BufferSize)
            {
                await HandOverAsync(bytes, cancellationToken);
                return;
            }
        }
        bytes.Span.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += bytes.Length;
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
        ArgumentOutOfRangeException.ThrowIfLessThan(position, Position);
        var missing = position - Position;
        Position = position;
        if (missing <= BufferSize - _buffered && (missing < SmallestHole || !_isFreshFile))
        {
            _buffer.AsSpan(_buffered, (int)missing).Clear();
            _buffered += (int)missing;
            return;
        }
        await FlushAsync(cancellationToken);
        if (_isFreshFile)
        {
            _output.Seek(missing, SeekOrigin.Current);
            _endsInHole = true;
            return;
        }
        for (; missing > 0; missing -= _zeros.Length)
        {
            await HandOverAsync(_zeros.AsMemory(0, (int)Math.Min(_zeros.Length, missing)), cancellationToken);
        }
    }

    /// <summary>Hands everything to the output and flushes that.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        if (_endsInHole)
        {
            _output.SetLength(Position);
        }
        await _output.FlushAsync(cancellationToken);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);

    async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_buffered > 0)
        {
            await HandOverAsync(_buffer.AsMemory(0, _buffered), cancellationToken);
            _buffered = 0;
        }
    }

    ValueTask HandOverAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (!_isFreshFile)
        {
            return _output.WriteAsync(bytes, cancellationToken);
        }
        // Linux has no waiting for a regular file: what .NET calls asynchronous is the same call on another thread.
        cancellationToken.ThrowIfCancellationRequested();
        _output.Write(bytes.Span);
        _endsInHole = false;
        return ValueTask.CompletedTask;
    }
}
