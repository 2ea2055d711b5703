namespace Stackmeta.Inventory.Tests;

/// <summary>Follows from the moment of its making, and waits for the next batch but not for ever.</summary>
sealed class Follower : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new(TimeSpan.FromSeconds(30));
    readonly IAsyncEnumerator<IReadOnlyList<InventoryChange>> _changes;

    public Follower(IInventoryChanges changes) =>
        _changes = changes.WatchAsync(_stop.Token).GetAsyncEnumerator(_stop.Token);

    public async Task<IReadOnlyList<InventoryChange>> NextAsync()
    {
        Assert.True(await _changes.MoveNextAsync());
        return _changes.Current;
    }

    public async ValueTask DisposeAsync()
    {
        await _changes.DisposeAsync();
        _stop.Dispose();
    }
}
