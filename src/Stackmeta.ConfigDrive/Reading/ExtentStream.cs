namespace Stackmeta.ConfigDrive;

/// <summary>Reads a file that lies in one or more pieces of the image.</summary>
sealed class ExtentStream(ImageSource source, DriveEntry file) : Stream
{
    // The piece that is read, and how far it has been.
    int _piece;
    long _done;
    long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => file.Length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        while (_piece < file.Extents.Length && _done == file.Extents[_piece].Length)
        {
            _piece++;
            _done = 0;
        }
        if (_piece == file.Extents.Length || buffer.IsEmpty)
        {
            return 0;
        }
        var extent = file.Extents[_piece];
        var wanted = (int)Math.Min(buffer.Length, extent.Length - _done);
        var read = source.ReadSome(extent.Offset + _done, buffer[..wanted]);
        if (read == 0)
        {
            // It was long enough when it was opened.
            throw new EndOfStreamException($"The image ended inside '{file.Path}'.");
        }
        _done += read;
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
