namespace Stackmeta;

/// <summary>What a hop made for itself and must dispose of, the last made first.</summary>
sealed class Owned : IAsyncDisposable
{
    readonly Stack<object> _all = [];

    /// <summary>Takes something over, and gives it back for use.</summary>
    public T Add<T>(T one)
        where T : class
    {
        _all.Push(one);
        return one;
    }

    public async ValueTask DisposeAsync()
    {
        while (_all.TryPop(out var one))
        {
            switch (one)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
    }
}
