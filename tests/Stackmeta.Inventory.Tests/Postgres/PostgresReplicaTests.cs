using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;
using Stackmeta.Tests.Support;

namespace Stackmeta.Inventory.Tests;

/// <summary>Two servers, one of which streams from the other, and what is told and taken while they change places.</summary>
public sealed class PostgresReplicaTests : IAsyncLifetime
{
    const string Database = "stackmeta";
    const string Network = "5d1cb0a6-4a9b-4d5c-9a39-a5bb0b4a8f10";

    static readonly GuestAddress _guest = GuestAddress.TryFrom(System.Net.IPAddress.Parse("10.0.0.5"), out var guest)
        ? guest
        : throw new FormatException();

    readonly CollectingLogger _log = new();
    PostgresServer? _first;
    PostgresServer? _second;

    PostgresServer Primary => _first!;

    PostgresServer Standby => _second!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        _first = await PostgresServer.StartAsync();
        await Primary.ExecuteAsync("postgres", $"CREATE DATABASE {Database} OWNER {PostgresServer.Role}");
        _second = await Primary.StartStandbyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_second is not null)
        {
            await _second.DisposeAsync();
        }
        if (_first is not null)
        {
            await _first.DisposeAsync();
        }
        _log.Dispose();
    }

    [Fact]
    public async Task A_primary_that_dies_amid_changes_loses_none_that_was_confirmed_and_leaves_none_half_made()
    {
        await WaitForStandbyAtCommitAsync();
        using var inventory = Open();
        await inventory.Networks.CreateAsync(new NetworkEntry { Id = Network }).Taken();
        await inventory.Subnets.CreateAsync(new SubnetEntry { NetworkId = Network, Cidr = "10.0.0.0/16" }).Taken();
        var confirmed = new ConcurrentQueue<string>();
        var refused = new ConcurrentQueue<string>();
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 4).Select(_ => WriteUntilAsync(inventory, confirmed, refused, stop.Token));
        var writing = Task.WhenAll([.. writers]);

        await UntilAsync(() => confirmed.Count >= 40);
        await Primary.KillAsync();
        await UntilAsync(() => !refused.IsEmpty);
        await Standby.ExecuteAsync("postgres", "ALTER SYSTEM RESET synchronous_standby_names");
        await Standby.PromoteAsync();
        var before = confirmed.Count;
        await UntilAsync(() => confirmed.Count >= before + 40);
        await stop.CancelAsync();
        await writing;

        foreach (var id in confirmed)
        {
            Assert.Single((await inventory.FindInstanceAsync(id, default)).Instance!.NetworkInterfaces);
        }
        foreach (var id in refused)
        {
            var answer = await inventory.FindInstanceAsync(id, default);
            Assert.True(answer.Refusal == Refusal.InstanceNotFound || answer.Instance!.NetworkInterfaces.Length == 1);
        }
        // What a change is must be in the log too, in the same order everywhere, without gaps.
        Assert.Equal(
            0L,
            await Standby.ExecuteAsync(
                Database,
                "SELECT (SELECT number FROM revision) - max(number) + max(number) - min(number) + 1 - count(*) FROM changes"
            )
        );
    }

    [Fact]
    public async Task While_there_is_no_primary_a_standby_answers_every_question_and_passwords_are_refused()
    {
        using var inventory = Open();
        var instances = await GuestsAsync(inventory, count: 20);
        var known = instances[0];
        Assert.Equal(Refusal.None, (await inventory.FindInstanceAsync(known, default)).Refusal);
        await CaughtUpAsync();

        await Primary.KillAsync();
        foreach (var instance in instances)
        {
            Assert.Equal(Refusal.None, (await inventory.FindInstanceAsync(instance, default)).Refusal);
        }
        var port = await inventory.FindPortAsync(new(NetworkScopeKind.Network, Network), _guest, default);
        Assert.Equal(known, port.Port?.DeviceId);
        Assert.Equal(Refusal.PasswordNotStored, await inventory.SetPasswordAsync(known, "first", default));
        var trouble = await Assert.ThrowsAsync<InventoryException>(async () =>
            await inventory.Routers.CreateAsync(new RouterEntry())
        );
        Assert.True(trouble.IsPassing, trouble.Message);
        Assert.DoesNotContain(PostgresServer.Password, trouble.ToString(), StringComparison.Ordinal);

        await Standby.PromoteAsync();
        await UntilAsync(async () => await inventory.SetPasswordAsync(known, "second", default) == Refusal.None);
        Assert.Equal("second", (await inventory.FindInstanceAsync(known, default)).Instance!.Password);
    }

    [Fact]
    public async Task A_standby_that_is_behind_what_this_host_knows_is_not_believed()
    {
        using var inventory = Open("?target_session_attrs=prefer-standby");
        var instance = (await GuestsAsync(inventory, count: 1))[0];
        await CaughtUpAsync();
        await Standby.ExecuteAsync("postgres", "SELECT pg_wal_replay_pause()");
        Assert.Equal(Refusal.None, await inventory.SetPasswordAsync(instance, "new", default));
        Assert.Equal("new", (await inventory.FindInstanceAsync(instance, default)).Instance!.Password);

        // Another host has not heard of the change yet, and asks the standby as it was told to.
        using var other = Open("?target_session_attrs=prefer-standby");
        Assert.Equal("", (await other.FindInstanceAsync(instance, default)).Instance!.Password);
        await using var follower = new Follower(other);
        await follower.NextAsync();
        Assert.Equal("new", (await other.FindInstanceAsync(instance, default)).Instance!.Password);
    }

    [Fact]
    public async Task Where_a_standby_took_over_without_the_last_change_everything_may_have_changed()
    {
        using var inventory = Open();
        var instance = (await GuestsAsync(inventory, count: 1))[0];
        await using var follower = new Follower(inventory);
        await follower.NextAsync();
        await CaughtUpAsync();
        await Standby.KillAsync();
        Assert.Equal(Refusal.None, await inventory.SetPasswordAsync(instance, "lost", default));
        Assert.Equal([new(InventoryChangeKind.Instance, instance)], await follower.NextAsync());
        await Primary.KillAsync();
        await Standby.RunAsync();
        await Standby.PromoteAsync();
        // The other host is the first that writes, and its change has the number of the one that was lost.
        using (var other = Open())
        {
            await other.Routers.CreateAsync(new RouterEntry()).Taken();
        }
        Assert.Equal([new(InventoryChangeKind.Everything, "")], await follower.NextAsync());
        Assert.Equal("", (await inventory.FindInstanceAsync(instance, default)).Instance!.Password);
    }

    [Fact]
    public async Task A_host_that_starts_without_a_primary_answers_and_hears_of_changes_once_there_is_one()
    {
        string instance;
        using (var made = Open())
        {
            instance = (await GuestsAsync(made, count: 1))[0];
        }
        await CaughtUpAsync();
        await Primary.KillAsync();

        using var inventory = Open();
        Assert.Equal(Refusal.None, (await inventory.FindInstanceAsync(instance, default)).Refusal);
        Assert.Single(await inventory.Instances.ListAsync().ToListAsync());
        await using var follower = new Follower(inventory);
        var first = follower.NextAsync();
        await UntilAsync(() => _log.Of(4011).Count > 0);
        await Standby.PromoteAsync();
        Assert.Equal([new(InventoryChangeKind.Everything, "")], await first);
        Assert.Equal(Refusal.None, await inventory.SetPasswordAsync(instance, "p", default));
        Assert.Equal([new(InventoryChangeKind.Instance, instance)], await follower.NextAsync());
        Assert.Single(_log.Of(4011));
    }

    PostgresInventory Open(string parameters = "") =>
        PostgresInventory.Open(
            PostgresUrl.Parse(Primary.Url(Database, Standby) + parameters),
            TimeProvider.System,
            new PostgresInventoryOptions
            {
                ReconnectPause = TimeSpan.FromMilliseconds(50),
                WriteWait = TimeSpan.FromMilliseconds(300),
            },
            new Logger<PostgresInventory>(_log)
        );

    /// <summary>Makes a network with so many guests, the first of which has <see cref="_guest"/>.</summary>
    static async Task<ImmutableArray<string>> GuestsAsync(PostgresInventory inventory, int count)
    {
        await inventory.Networks.CreateAsync(new NetworkEntry { Id = Network }).Taken();
        await inventory.Subnets.CreateAsync(new SubnetEntry { NetworkId = Network, Cidr = "10.0.0.0/16" }).Taken();
        var instances = ImmutableArray.CreateBuilder<string>();
        for (var i = 0; i < count; i++)
        {
            var instance = await inventory.Instances.CreateAsync(new InstanceEntry()).Taken();
            var port = new PortEntry
            {
                NetworkId = Network,
                DeviceId = instance.Id,
                FixedIps = [new FixedIpEntry { IpAddress = $"10.0.0.{5 + i}" }],
            };
            await inventory.Ports.CreateAsync(port).Taken();
            instances.Add(instance.Id);
        }
        return instances.ToImmutable();
    }

    /// <summary>Makes instances, each with a port in one step, until told to stop.</summary>
    static async Task WriteUntilAsync(
        PostgresInventory inventory,
        ConcurrentQueue<string> confirmed,
        ConcurrentQueue<string> refused,
        CancellationToken cancellationToken
    )
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var id = Guid.NewGuid().ToString();
            var document = $$"""
                {
                  "stackmeta_inventory": 1,
                  "instances": [{"id": "{{id}}"}],
                  "ports": [{"network_id": "{{Network}}", "device_id": "{{id}}"}]
                }
                """;
            try
            {
                Assert.Empty(await inventory.ImportTextAsync(document));
                confirmed.Enqueue(id);
            }
            catch (InventoryException e) when (e.IsPassing)
            {
                refused.Enqueue(id);
            }
        }
    }

    /// <summary>From now on a change is confirmed only when the standby has it as well.</summary>
    async Task WaitForStandbyAtCommitAsync()
    {
        await Primary.ExecuteAsync("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'");
        await Primary.ExecuteAsync("postgres", "SELECT pg_reload_conf()");
        await UntilAsync(async () =>
            await Primary.ExecuteAsync("postgres", "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")
                is 1L
        );
    }

    /// <summary>Returns when the standby has replayed all that the primary has written.</summary>
    async Task CaughtUpAsync()
    {
        var written = await Primary.ExecuteAsync("postgres", "SELECT pg_current_wal_lsn()::text");
        await UntilAsync(async () =>
            await Standby.ExecuteAsync("postgres", $"SELECT pg_last_wal_replay_lsn() >= '{written}'::pg_lsn") is true
        );
    }

    static Task UntilAsync(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    static Task UntilAsync(Func<Task<bool>> holds) => OpenStack.Tests.TestProcess.UntilAsync(holds, "What was awaited");
}
