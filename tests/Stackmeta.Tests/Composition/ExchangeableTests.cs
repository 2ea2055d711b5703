using Microsoft.Extensions.Time.Testing;

namespace Stackmeta.Tests;

/// <summary>What answers is exchanged under requests that are on their way.</summary>
public sealed class ExchangeableTests
{
    readonly FakeTimeProvider _time = new();

    sealed class Answering : IAsyncDisposable
    {
        public bool IsDisposed { get; private set; }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return default;
        }
    }

    [Fact]
    public async Task What_was_exchanged_serves_on_as_long_as_a_request_may_take()
    {
        var (first, second) = (new Answering(), new Answering());
        await using var exchangeable = new Exchangeable<Answering>(first, _time);
        exchangeable.Exchange(second);
        Assert.Same(second, exchangeable.Current);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.False(first.IsDisposed);
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.True(first.IsDisposed);
        Assert.False(second.IsDisposed);
    }

    [Fact]
    public async Task At_the_end_all_are_disposed_of()
    {
        var (first, second, third) = (new Answering(), new Answering(), new Answering());
        var exchangeable = new Exchangeable<Answering>(first, _time);
        exchangeable.Exchange(second);
        exchangeable.Exchange(third);
        await exchangeable.DisposeAsync();
        Assert.All([first, second, third], one => Assert.True(one.IsDisposed));
    }
}
