namespace Stackmeta.Tests.Support;

/// <summary>A failure that nobody expects, of the next of something only.</summary>
public sealed class FailsOnce
{
    /// <summary>What the log has to say of it.</summary>
    public const string Message = "broken for the test";

    // By Interlocked.
    int _isNext;
    int _count;

    /// <summary>How often it has failed.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The next one fails.</summary>
    public void Arm() => Interlocked.Exchange(ref _isNext, 1);

    public void Pass()
    {
        if (Interlocked.Exchange(ref _isNext, 0) == 1)
        {
            Interlocked.Increment(ref _count);
            throw new InvalidOperationException(Message);
        }
    }
}
