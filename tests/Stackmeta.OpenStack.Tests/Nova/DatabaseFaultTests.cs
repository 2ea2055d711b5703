using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Refusals;

namespace Stackmeta.OpenStack.Tests;

/// <summary>What may go wrong with the databases, and how many round trips it takes when nothing does.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class DatabaseFaultTests(MariaDbServer server) : IAsyncLifetime
{
    const string Standard = "afc01aa3-f611-54a8-9ab3-f9fa2466ada0";

    readonly string _prefix = $"f{Guid.NewGuid():N}_"[..8];

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(MariaDbServer.Missing is not null, MariaDbServer.Missing ?? "");
        await RecordedNova.LoadAsync(server, _prefix);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_database_that_is_down_at_first_is_used_once_it_is_up()
    {
        var log = new RecordingLogger<NovaInstanceSource>();
        await server.KillAsync();
        try
        {
            await using var source = new NovaInstanceSource(
                RecordedNova.Options(server, _prefix),
                log,
                TimeProvider.System
            );
            Assert.Equal(
                Refusal.InstanceSourceUnavailable,
                (await source.FindInstanceAsync(Standard, default)).Refusal
            );
            Assert.Equal(
                Refusal.InstanceSourceUnavailable,
                (await source.FindInstanceAsync(Standard, default)).Refusal
            );
            await server.StartAsync();
            Assert.Equal(Refusal.None, (await source.FindInstanceAsync(Standard, default)).Refusal);
            // The database comes and goes: its pooled connections are dead.
            await server.KillAsync();
            Assert.Equal(
                Refusal.InstanceSourceUnavailable,
                (await source.FindInstanceAsync(Standard, default)).Refusal
            );
            Assert.Equal(Refusal.PasswordNotStored, await source.SetPasswordAsync(Standard, "x", default));
            await server.StartAsync();
            Assert.Equal(Refusal.None, (await source.FindInstanceAsync(Standard, default)).Refusal);
            Assert.Equal(Refusal.None, await source.SetPasswordAsync(Standard, "x", default));
        }
        finally
        {
            if (await IsDownAsync())
            {
                await server.StartAsync();
            }
        }
        Assert.Equal(
            [
                "cannot be used",
                "can be used again",
                "cannot be used",
                "cannot be used",
                "can be used again",
                "can be used again",
            ],
            log.Messages.Select(message => message.Contains("again") ? "can be used again" : "cannot be used")
        );
        Assert.All(log.Messages, message => Assert.DoesNotContain(MariaDbServer.Password, message));
    }

    [Fact]
    public async Task Connections_that_were_killed_cost_nobody_an_answer()
    {
        await using var source = Source();
        await source.FindInstanceAsync(Standard, default);
        await KillConnectionsAsync();
        Assert.Equal(Refusal.None, (await source.FindInstanceAsync(Standard, default)).Refusal);
    }

    [Fact]
    public async Task A_host_that_goes_away_is_replaced_by_the_next_one_of_the_url()
    {
        var both = $"@127.0.0.2:{server.Port},127.0.0.1:";
        await server.ExecuteAsync(
            _prefix + "nova_api",
            $"UPDATE cell_mappings SET database_connection = REPLACE(database_connection, '@127.0.0.1:', '{both}')"
        );
        await using var source = Source(options =>
            options with
            {
                ApiDatabase = DatabaseUrl.Parse(
                    server.Url(_prefix + "nova_api").Replace("@127.0.0.1:", both, StringComparison.Ordinal)
                ),
            }
        );
        // The first one does not listen yet.
        Assert.Equal(Refusal.None, (await source.FindInstanceAsync(Standard, default)).Refusal);
        await KillConnectionsAsync();
        await using (
            var first = new RoundTripProxy(server.Port, new IPEndPoint(IPAddress.Parse("127.0.0.2"), server.Port))
        )
        {
            Assert.Equal(Refusal.None, (await source.FindInstanceAsync(Standard, default)).Refusal);
            Assert.NotEqual(0, first.RoundTrips);
        }
        await KillConnectionsAsync();
        Assert.Equal(Refusal.None, (await source.FindInstanceAsync(Standard, default)).Refusal);
    }

    [Fact]
    public async Task A_slow_database_is_given_up_after_the_deadline()
    {
        await using var source = Source(options => options with { Deadline = TimeSpan.FromMilliseconds(300) });
        await source.FindInstanceAsync(Standard, default);
        await using var blocker = new MySqlConnector.MySqlConnection(
            server.AdminConnectionString(_prefix + "nova_cell1")
        );
        await blocker.OpenAsync();
        await using var command = blocker.CreateCommand();
        command.CommandText = "LOCK TABLES instances WRITE";
        await command.ExecuteNonQueryAsync();
        Assert.Equal(Refusal.InstanceSourceUnavailable, (await source.FindInstanceAsync(Standard, default)).Refusal);
        command.CommandText = "UNLOCK TABLES";
        await command.ExecuteNonQueryAsync();
        Assert.Equal(Refusal.None, (await source.FindInstanceAsync(Standard, default)).Refusal);
    }

    [Fact]
    public async Task Who_gives_up_is_told_so()
    {
        await using var source = Source();
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await source.FindInstanceAsync(Standard, gone.Token)
        );
    }

    [Theory]
    [InlineData("DROP TABLE {0}nova_cell1.instance_info_caches", "instance_info_caches")]
    [InlineData("ALTER TABLE {0}nova_cell1.instances DROP COLUMN hostname", "hostname")]
    [InlineData("ALTER TABLE {0}nova_cell1.instance_extra DROP COLUMN flavor", "flavor")]
    [InlineData("SET FOREIGN_KEY_CHECKS=0; DROP TABLE {0}nova_api.instance_mappings", "instance_mappings")]
    [InlineData("DROP DATABASE {0}nova_cell1", "nova_cell1")]
    public async Task A_wrong_schema_is_a_lasting_failure_with_one_clear_line(string change, string named)
    {
        await server.ExecuteAsync("", string.Format(change, _prefix));
        var log = new RecordingLogger<NovaInstanceSource>();
        await using var source = new NovaInstanceSource(
            RecordedNova.Options(server, _prefix),
            log,
            TimeProvider.System
        );
        Assert.Equal(Refusal.InstanceSourceFailed, (await source.FindInstanceAsync(Standard, default)).Refusal);
        Assert.Equal(Refusal.InstanceSourceFailed, (await source.FindInstanceAsync(Standard, default)).Refusal);
        Assert.Contains(named, Assert.Single(log.Messages));
    }

    [Fact]
    public async Task Columns_that_this_schema_has_more_or_less_are_no_trouble()
    {
        await server.ExecuteAsync(
            _prefix + "nova_cell1",
            "ALTER TABLE instances DROP COLUMN hidden, DROP COLUMN internal_id, ADD COLUMN compute_id BIGINT FIRST"
        );
        await using var source = Source();
        Assert.Equal("web-1", (await source.FindInstanceAsync(Standard, default)).Instance!.DisplayName);
    }

    [Fact]
    public async Task A_cell_whose_url_cannot_be_used_fails_its_own_instances_only()
    {
        await server.ExecuteAsync(
            _prefix + "nova_api",
            "UPDATE cell_mappings SET database_connection = 'sqlite:////x?secret' WHERE name = 'cell1'"
        );
        var log = new RecordingLogger<NovaInstanceSource>();
        await using var source = new NovaInstanceSource(
            RecordedNova.Options(server, _prefix),
            log,
            TimeProvider.System
        );
        Assert.Equal(Refusal.InstanceSourceFailed, (await source.FindInstanceAsync(Standard, default)).Refusal);
        Assert.Equal(Refusal.InstanceSourceFailed, (await source.FindInstanceAsync(Standard, default)).Refusal);
        Assert.Contains("cell1", Assert.Single(log.Messages));
        var elsewhere = await source.FindInstanceAsync("d11d6953-c16d-5567-bc1f-d94439576ec2", default);
        Assert.Equal(Refusal.None, elsewhere.Refusal);
    }

    [Fact]
    public async Task A_cold_record_costs_one_round_trip_to_each_database()
    {
        await using var proxy = new RoundTripProxy(server.Port);
        await server.ExecuteAsync(
            _prefix + "nova_api",
            $"UPDATE cell_mappings SET database_connection = REPLACE(database_connection, ':{server.Port}', ':{proxy.Port}')"
        );
        var plain = "&ssl_disabled=true";
        string Through(string url) => url.Replace($":{server.Port}", $":{proxy.Port}") + plain;
        await server.ExecuteAsync(
            _prefix + "nova_api",
            $"UPDATE cell_mappings SET database_connection = CONCAT(database_connection, '{plain}') WHERE name IN ('cell0', 'cell1')"
        );
        await using var source = Source(options =>
            options with
            {
                ApiDatabase = DatabaseUrl.Parse(Through(server.Url(_prefix + "nova_api"))),
            }
        );
        // The first makes the connections.
        await source.FindInstanceAsync("349496ce-eff5-5677-a619-3b5f0a1fb609", default);
        proxy.Reset();
        await source.FindInstanceAsync(Standard, default);
        Assert.Equal(2, proxy.RoundTrips);
        proxy.Reset();
        await source.FindInstanceAsync(Standard, default);
        Assert.Equal(1, proxy.RoundTrips);
        await server.ExecuteAsync(_prefix + "nova_cell1", "DELETE FROM s3_images; DELETE FROM instance_id_mappings");
        proxy.Reset();
        await source.FindInstanceAsync(Standard, default);
        Assert.Equal(2, proxy.RoundTrips);
    }

    NovaInstanceSource Source(Func<NovaDatabaseOptions, NovaDatabaseOptions>? change = null) =>
        new(
            (change ?? (options => options))(RecordedNova.Options(server, _prefix)),
            NullLogger<NovaInstanceSource>.Instance,
            TimeProvider.System
        );

    async Task KillConnectionsAsync()
    {
        var ids = await server.ScalarAsync(
            "",
            "SELECT GROUP_CONCAT(id) FROM information_schema.processlist WHERE user = 'nova'"
        );
        foreach (var id in ((string)ids!).Split(','))
        {
            await server.ExecuteAsync("", $"KILL {id}");
        }
    }

    async Task<bool> IsDownAsync()
    {
        try
        {
            await server.ExecuteAsync("", "SELECT 1");
            return false;
        }
        catch (MySqlConnector.MySqlException)
        {
            return true;
        }
    }

    /// <summary>Stands before a database and counts how often the client begins to speak after the server has spoken.</summary>
    sealed class RoundTripProxy : IAsyncDisposable
    {
        readonly TcpListener _listener;
        readonly int _target;
        readonly Task _accepting;
        int _roundTrips;

        public RoundTripProxy(int target, IPEndPoint? address = null)
        {
            _target = target;
            _listener = new(address ?? new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Start();
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            _accepting = AcceptAsync();
        }

        public int Port { get; }

        public int RoundTrips => Volatile.Read(ref _roundTrips);

        public void Reset() => Volatile.Write(ref _roundTrips, 0);

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _accepting;
        }

        async Task AcceptAsync()
        {
            while (true)
            {
                try
                {
                    _ = ServeAsync(await _listener.AcceptTcpClientAsync());
                }
                catch (Exception error) when (error is SocketException or ObjectDisposedException)
                {
                    return;
                }
            }
        }

        async Task ServeAsync(TcpClient client)
        {
            using var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, _target);
            var state = new Turn();
            await Task.WhenAny(
                PumpAsync(client.GetStream(), server.GetStream(), state, isClient: true),
                PumpAsync(server.GetStream(), client.GetStream(), state, isClient: false)
            );
            client.Dispose();
        }

        async Task PumpAsync(NetworkStream from, NetworkStream to, Turn turn, bool isClient)
        {
            var buffer = new byte[65536];
            try
            {
                while (await from.ReadAsync(buffer) is var count and > 0)
                {
                    lock (turn)
                    {
                        if (isClient && turn.IsServers)
                        {
                            Interlocked.Increment(ref _roundTrips);
                        }
                        turn.IsServers = !isClient;
                    }
                    await to.WriteAsync(buffer.AsMemory(0, count));
                }
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException)
            {
                Debug.WriteLine(error.Message);
            }
        }

        sealed class Turn
        {
            /// <summary>Whether the server spoke last; under this object's own lock.</summary>
            public bool IsServers { get; set; }
        }
    }
}
