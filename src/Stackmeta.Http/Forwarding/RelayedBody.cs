namespace Stackmeta.Http;

/// <summary>What is still to come of the next hop's response. Its pauses are bounded; the guest's are the server's business.</summary>
sealed class RelayedBody(
    Stream body,
    HttpResponseMessage answer,
    Deadline deadline,
    TimeSpan pause,
    Action<Exception> broken
) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        deadline.Source.CancelAfter(pause);
        try
        {
            return await body.ReadAsync(buffer, deadline.Source.Token);
        }
        catch (Exception e)
        {
            broken(e);
            throw;
        }
        finally
        {
            deadline.Source.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
            answer.Dispose();
            deadline.Dispose();
        }
        base.Dispose(disposing);
    }
}
