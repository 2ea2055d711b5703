namespace Stackmeta.Edge;

/// <summary>
/// How many attempts of one kind run at once. What is tried for the first time never waits for what failed before, nor for what is only
/// looked after: however many networks fail, another one's change goes on.
/// </summary>
sealed class AttemptSlots(int first, int again, int lookingAfter) : IDisposable
{
    readonly SemaphoreSlim _first = new(first);
    readonly SemaphoreSlim _again = new(again);
    readonly SemaphoreSlim _lookingAfter = new(lookingAfter);

    /// <summary>Returns what is to be released after the attempt.</summary>
    public async ValueTask<SemaphoreSlim> EnterAsync(AttemptKind kind, CancellationToken cancellationToken)
    {
        var slots = kind switch
        {
            AttemptKind.First => _first,
            AttemptKind.Again => _again,
            _ => _lookingAfter,
        };
        await slots.WaitAsync(cancellationToken);
        return slots;
    }

    public void Dispose()
    {
        _first.Dispose();
        _again.Dispose();
        _lookingAfter.Dispose();
    }
}

/// <summary>Why something is brought to what is wanted.</summary>
enum AttemptKind
{
    /// <summary>It is what is wanted already, as far as is known.</summary>
    LookAfter,

    /// <summary>It failed before.</summary>
    Again,

    /// <summary>Something else is wanted than before.</summary>
    First,
}
