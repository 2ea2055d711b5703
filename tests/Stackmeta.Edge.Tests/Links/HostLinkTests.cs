namespace Stackmeta.Edge.Tests;

/// <summary>A thread that has entered a namespace still sees the host's <c>/sys</c>.</summary>
public sealed class HostLinkTests : IAsyncDisposable
{
    readonly string _namespace = $"hostlink-{Guid.NewGuid():N}"[..24];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_is_looked_up_in_the_namespace_of_who_asks()
    {
        const string Name = "only-in-there";
        await Command.Ip(null, "netns", "add", _namespace).RunAsync(Cancellation);
        await Command.Ip(_namespace, "link", "add", "name", Name, "type", "bridge").RunAsync(Cancellation);

        Assert.False(HostLink.Exists(Name));
        Assert.True(NetworkNamespace.Inside(_namespace, () => HostLink.Exists(Name)));
        Assert.Equal(
            Name,
            NetworkNamespace.Inside(_namespace, () => HostLink.FindName(HostLink.FindIndex(Name)!.Value))
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("a-name-that-is-longer-than-any")]
    [InlineData("../lo")]
    [InlineData("none-of-that")]
    public void What_is_no_link_is_not_there(string name) => Assert.Null(HostLink.FindIndex(name));

    [Fact]
    public void A_number_that_no_link_has_has_no_name()
    {
        Assert.Null(HostLink.FindName(int.MaxValue));
        Assert.Equal("lo", HostLink.FindName(HostLink.FindIndex("lo")!.Value));
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists($"/run/netns/{_namespace}"))
        {
            await Command.Ip(null, "netns", "delete", _namespace).RunAsync(CancellationToken.None);
        }
    }
}
