using Microsoft.Extensions.Logging;
using Stackmeta.Tests.Support;

namespace Stackmeta.Inventory.Tests;

/// <summary>That a follower is told of every change when notifications are lost, cut off or refused.</summary>
public sealed class PostgresFollowerTests : IDisposable
{
    // Long enough that nothing in these tests is told because of it.
    static readonly PostgresInventoryOptions _byNotification = new() { LostAfter = TimeSpan.FromHours(1) };

    readonly PostgresTestStore _store = new();
    readonly CollectingLogger _log = new();

    IInventory Inventory => _store.Inventory;

    public void Dispose()
    {
        _store.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task A_change_is_told_by_its_notification_alone()
    {
        using var other = Open(_store.Url, _byNotification);
        await using var follower = new Follower(other);
        await follower.NextAsync();
        Assert.Equal([await ChangeAsync()], await follower.NextAsync());
    }

    [Fact]
    public async Task A_change_whose_notification_was_lost_is_told_by_the_next_look_at_the_log()
    {
        await using var proxy = new PostgresProxy((await ServerAsync()).Port) { LosesNotifications = true };
        using var other = Open(Through(proxy), new() { LostAfter = TimeSpan.FromMilliseconds(50) });
        await using var follower = new Follower(other);
        await follower.NextAsync();
        Assert.Equal([await ChangeAsync()], await follower.NextAsync());
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Of_a_connection_that_was_cut_the_next_one_tells_what_was_changed_meanwhile()
    {
        using var other = Open(_store.Url, _byNotification);
        await using var follower = new Follower(other);
        await follower.NextAsync();
        await CutAsync();
        Assert.Equal([await ChangeAsync()], await follower.NextAsync());
        Assert.Single(_log.Of(4011));
        Assert.Single(_log.Of(4012));
    }

    [Fact]
    public async Task A_server_without_LISTEN_is_asked_for_the_log_and_this_is_said_once()
    {
        await using var proxy = new PostgresProxy((await ServerAsync()).Port) { WithoutNotify = true };
        using var other = Open(Through(proxy), new() { PollInterval = TimeSpan.FromMilliseconds(50) });
        await using var follower = new Follower(other);
        await follower.NextAsync();
        var router = await other.Routers.CreateAsync(new RouterEntry()).Taken();
        Assert.Equal([new(InventoryChangeKind.Router, router.Id)], await follower.NextAsync());
        await CutAsync();
        Assert.Equal([await ChangeAsync()], await follower.NextAsync());
        Assert.Equal(
            "The server of the inventory notifies nobody of changes: they are looked for every 0.05 s instead.",
            Assert.Single(_log.Of(4010))
        );
    }

    [Fact]
    public async Task A_log_that_has_forgotten_what_a_follower_missed_says_that_everything_may_have_changed()
    {
        using var other = Open(_store.Url, _byNotification);
        await using var follower = new Follower(other);
        await follower.NextAsync();
        var server = await ServerAsync();
        await server.ExecuteAsync(
            _store.Database,
            "UPDATE revision SET number = number + 20000; INSERT INTO changes SELECT number, 3, '' FROM revision; SELECT pg_notify('stackmeta_inventory', '')"
        );
        Assert.Equal([new(InventoryChangeKind.Everything, "")], await follower.NextAsync());
    }

    PostgresInventory Open(PostgresUrl url, PostgresInventoryOptions options) =>
        PostgresInventory.Open(url, TimeProvider.System, options, new Logger<PostgresInventory>(_log));

    PostgresUrl Through(PostgresProxy proxy) => PostgresUrl.Parse(proxy.Url(_store.Database));

    static async Task<PostgresServer> ServerAsync() => await (await SharedPostgres.GetAsync()).ServerAsync();

    async Task<InventoryChange> ChangeAsync() =>
        new(InventoryChangeKind.Router, (await Inventory.Routers.CreateAsync(new RouterEntry()).Taken()).Id);

    /// <summary>Ends every connection to this test's database, as a firewall may.</summary>
    async Task CutAsync() =>
        await (await ServerAsync()).ExecuteAsync(
            "postgres",
            $"SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname = '{_store.Database}'"
        );
}
