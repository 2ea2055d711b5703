using Microsoft.Extensions.Logging;
using Npgsql;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;
using Stackmeta.Tests.Support;

namespace Stackmeta.Inventory.Tests;

/// <summary>What can be wrong with a server or its database, and what is said and answered then.</summary>
public sealed class PostgresTroubleTests : IAsyncLifetime
{
    static readonly GuestAddress _guest = GuestAddress.TryFrom(System.Net.IPAddress.Parse("10.0.0.5"), out var guest)
        ? guest
        : throw new FormatException();

    readonly CollectingLogger _log = new();
    SharedPostgres _shared = null!;
    PostgresServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _shared = await SharedPostgres.GetAsync();
        _server = await _shared.ServerAsync();
    }

    public ValueTask DisposeAsync()
    {
        _log.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_wrong_password_is_told_with_the_role_and_what_to_check()
    {
        var database = await _shared.CreateInventoryAsync();
        Refused(
            _server.Url(database, password: "wr/ng"),
            InventoryTrouble.CannotOpen,
            $"The server of the inventory {Place(database)} does not let stackmeta in; check the password (inventory.password_file) and the server's pg_hba.conf."
        );
        await _shared.EmptyAsync(database);
    }

    [Fact]
    public void A_database_that_is_not_there_is_told_with_the_command_that_makes_it() =>
        Refused(
            _server.Url("nowhere"),
            InventoryTrouble.CannotOpen,
            $"There is no database nowhere at {Place("nowhere")}; make it: createdb --owner stackmeta nowhere"
        );

    [Fact]
    public async Task An_empty_database_is_made_an_inventory_only_by_who_may()
    {
        var database = await _shared.CreateDatabaseAsync();
        Refused(
            _server.Url(database),
            InventoryTrouble.NotAnInventory,
            $"There is no inventory in the database {Place(database)} yet; create a network or import a document to make one.",
            new PostgresInventoryOptions { Upgrade = false }
        );
        Open(database).Dispose();
        Open(database, new PostgresInventoryOptions { Upgrade = false }).Dispose();
    }

    [Fact]
    public async Task A_database_of_another_program_is_left_alone()
    {
        var database = await _shared.CreateDatabaseAsync();
        await _server.ExecuteAsync(database, "CREATE TABLE ports (id BIGINT)");
        Refused(
            _server.Url(database),
            InventoryTrouble.NotAnInventory,
            $"The database {Place(database)} holds tables of another program: relation \"ports\" already exists; name a database of its own."
        );
        // Not even the table that comes first was left behind.
        Assert.Equal(
            1L,
            await _server.ExecuteAsync(database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        );
    }

    [Fact]
    public async Task An_inventory_of_a_newer_program_is_refused_with_both_versions()
    {
        var database = await _shared.CreateInventoryAsync();
        await _server.ExecuteAsync(database, "INSERT INTO stackmeta_migrations (number, name) VALUES (99, 'later')");
        Refused(
            _server.Url(database),
            InventoryTrouble.NewerVersion,
            $"The inventory {Place(database)} was upgraded to version 99 by a newer stackmeta, and this one knows 1; use the newer program."
        );
    }

    [Fact]
    public async Task A_database_that_cannot_hold_all_names_is_refused()
    {
        var database = await _shared.CreateDatabaseAsync(
            "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        );
        Refused(
            _server.Url(database),
            InventoryTrouble.NotAnInventory,
            $"The database {Place(database)} stores texts in LATIN1, which cannot hold all names; make one with the encoding UTF8."
        );
    }

    [Fact]
    public void A_server_that_is_away_at_the_start_is_told_at_once()
    {
        var port = OpenStack.Tests.TestProcess.FreePort();
        Refused(
            $"postgresql://stackmeta:s3cret@127.0.0.1:{port}/stackmeta",
            InventoryTrouble.Unreachable,
            $"The inventory postgresql://stackmeta@127.0.0.1:{port}/stackmeta cannot be reached: Failed to connect to 127.0.0.1:{port} (Connection refused)"
        );
    }

    [Fact]
    public async Task Hosts_that_start_at_once_make_the_tables_once()
    {
        var database = await _shared.CreateDatabaseAsync();
        var opened = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Open(database))));
        foreach (var inventory in opened)
        {
            await inventory.Routers.CreateAsync(new RouterEntry()).Taken();
        }
        Assert.Equal(opened.Length, (await opened[0].Routers.ListAsync().ToListAsync()).Count);
        Array.ForEach(opened, inventory => inventory.Dispose());
        Assert.Equal(1L, await _server.ExecuteAsync(database, "SELECT count(*) FROM stackmeta_migrations"));
    }

    [Fact]
    public async Task A_read_only_server_answers_and_takes_nothing()
    {
        var database = await _shared.CreateInventoryAsync();
        var id = await InstanceAsync(database);
        await _server.ExecuteAsync(database, $"ALTER DATABASE {database} SET default_transaction_read_only = on");
        using var inventory = Open(database, new() { WriteWait = TimeSpan.FromMilliseconds(100) });
        Assert.Equal(Refusal.None, (await inventory.FindInstanceAsync(id, default)).Refusal);
        Assert.Single(await inventory.Instances.ListAsync().ToListAsync());
        Assert.Equal(Refusal.PasswordNotStored, await inventory.SetPasswordAsync(id, "p", default));
        var trouble = await Assert.ThrowsAsync<InventoryException>(async () =>
            await inventory.Routers.CreateAsync(new RouterEntry())
        );
        Assert.Equal(InventoryTrouble.ReadOnly, trouble.Trouble);
        Assert.Equal(
            $"The server of the inventory {Place(database)} takes no changes: it is a replica or read-only.",
            trouble.Message
        );
    }

    [Fact]
    public async Task A_role_with_the_narrow_rights_of_the_documentation_serves_guests_and_changes_nothing_else()
    {
        var database = await _shared.CreateInventoryAsync();
        var id = await InstanceAsync(database);
        await _server.ExecuteAsync(
            database,
            """
            CREATE ROLE stackmeta_host LOGIN PASSWORD 'narrow';
            GRANT SELECT ON ALL TABLES IN SCHEMA public TO stackmeta_host;
            """
        );
        using (var reading = Open(database, user: "stackmeta_host", password: "narrow"))
        {
            Assert.Equal(Refusal.None, (await reading.FindInstanceAsync(id, default)).Refusal);
            Assert.Equal(Refusal.PasswordNotStored, await reading.SetPasswordAsync(id, "p", default));
            Assert.Equal(
                $"The inventory cannot answer (ReadOnly): The role stackmeta_host may not do this in the inventory postgresql://stackmeta_host@127.0.0.1:{_server.Port}/{database}; grant it what docs/postgresql.md lists. Guests that are not known yet wait meanwhile.",
                Assert.Single(_log.Lines)
            );
        }
        await _server.ExecuteAsync(
            database,
            """
            GRANT UPDATE (password) ON instances TO stackmeta_host;
            GRANT UPDATE ON revision TO stackmeta_host;
            GRANT INSERT, DELETE ON changes TO stackmeta_host;
            """
        );
        using var inventory = Open(database, user: "stackmeta_host", password: "narrow");
        await using var follower = new Follower(inventory);
        await follower.NextAsync();
        Assert.Equal(Refusal.None, await inventory.SetPasswordAsync(id, "p", default));
        Assert.Equal([new(InventoryChangeKind.Instance, id)], await follower.NextAsync());
        var trouble = await Assert.ThrowsAsync<InventoryException>(async () =>
            await inventory.Routers.CreateAsync(new RouterEntry())
        );
        Assert.Equal(InventoryTrouble.ReadOnly, trouble.Trouble);
    }

    [Fact]
    public async Task A_server_that_is_restarted_is_noticed_by_nobody_who_may_wait()
    {
        await using var server = await PostgresServer.StartAsync();
        await server.ExecuteAsync("postgres", "CREATE DATABASE inventory OWNER stackmeta");
        using var inventory = PostgresInventory.Open(
            PostgresUrl.Parse(server.Url("inventory")),
            TimeProvider.System,
            new PostgresInventoryOptions { WriteWait = TimeSpan.FromSeconds(60) },
            new Logger<PostgresInventory>(_log)
        );
        var id = (await inventory.Instances.CreateAsync(new InstanceEntry()).Taken()).Id;
        await server.KillAsync();
        Assert.Equal(Refusal.InstanceSourceUnavailable, (await inventory.FindInstanceAsync(id, default)).Refusal);
        Assert.Equal(
            Refusal.PortDirectoryUnavailable,
            (await inventory.FindPortAsync(new(NetworkScopeKind.Network, "n"), _guest, default)).Refusal
        );
        // One line, however many guests ask.
        Assert.Single(_log.Of(4001));
        var password = inventory.SetPasswordAsync(id, "p", default);
        await server.RunAsync();
        Assert.Equal(Refusal.None, await password);
        await OpenStack.Tests.TestProcess.UntilAsync(
            async () => (await inventory.FindInstanceAsync(id, default)).Instance?.Password == "p",
            "The inventory"
        );
        Assert.Single(_log.Of(4002));
        Assert.DoesNotContain(_log.Lines, line => line.Contains(PostgresServer.Password, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_row_that_a_hand_has_made_unreadable_is_told_and_no_wrong_answer()
    {
        var database = await _shared.CreateInventoryAsync();
        var id = await InstanceAsync(database);
        await _server.ExecuteAsync(database, "UPDATE instances SET metadata = 'no JSON'");
        using var inventory = Open(database);
        Assert.Equal(Refusal.InstanceSourceFailed, (await inventory.FindInstanceAsync(id, default)).Refusal);
        Assert.Contains(id, Assert.Single(_log.Of(4003)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_changes_entries_waits_for_another_who_does_and_guests_do_not()
    {
        var database = await _shared.CreateInventoryAsync();
        var id = await InstanceAsync(database);
        using var inventory = Open(database, new() { WriteWait = TimeSpan.FromMilliseconds(100) });
        await using var other = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={_server.Port};Username=admin;Database={database};Pooling=false"
        );
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("SELECT number FROM write_lock FOR UPDATE", other))
        {
            await command.ExecuteNonQueryAsync();
        }
        var trouble = await Assert.ThrowsAsync<InventoryException>(async () =>
            await inventory.Routers.CreateAsync(new RouterEntry())
        );
        Assert.Equal((InventoryTrouble.Locked, true), (trouble.Trouble, trouble.IsPassing));
        Assert.Equal(Refusal.None, (await inventory.FindInstanceAsync(id, default)).Refusal);
        Assert.Equal(Refusal.None, await inventory.SetPasswordAsync(id, "p", default));
        await transaction.RollbackAsync();
        await inventory.Routers.CreateAsync(new RouterEntry()).Taken();
    }

    [Fact]
    public async Task OSSA_2013_033_a_forged_port_is_no_interface_of_the_instance_and_carries_its_own_project()
    {
        var database = await _shared.CreateInventoryAsync();
        using var inventory = Open(database);
        var network = await inventory.Networks.CreateAsync(new NetworkEntry()).Taken();
        await inventory.Subnets.CreateAsync(new SubnetEntry { NetworkId = network.Id, Cidr = "10.0.0.0/24" }).Taken();
        var victim = await inventory.Instances.CreateAsync(new InstanceEntry { ProjectId = "victim" }).Taken();
        var forged = new PortEntry
        {
            NetworkId = network.Id,
            ProjectId = "mallory",
            FixedIps = [new FixedIpEntry { IpAddress = "10.0.0.5" }],
        };
        await inventory.Ports.CreateAsync(forged).Taken();
        // The rules refuse it; whatever got past them must not matter.
        await _server.ExecuteAsync(
            database,
            $"UPDATE ports SET device_id = '{victim.Id}' WHERE project_id = 'mallory'"
        );
        Assert.Empty((await inventory.FindInstanceAsync(victim.Id, default)).Instance!.NetworkInterfaces);
        var answer = await inventory.FindPortAsync(new(NetworkScopeKind.Network, network.Id), _guest, default);
        Assert.Equal(("mallory", victim.Id), (answer.Port!.ProjectId, answer.Port.DeviceId));
    }

    [Fact]
    public async Task The_path_reads_by_indexes_alone()
    {
        var database = await _shared.CreateInventoryAsync();
        await using var connection = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={_server.Port};Username=admin;Database={database};Pooling=false"
        );
        await connection.OpenAsync();
        // The tables are empty: whatever can be found by an index is.
        await using (var settings = new NpgsqlCommand("SET enable_seqscan = off", connection))
        {
            await settings.ExecuteNonQueryAsync();
        }
        foreach (var sql in PostgresQueries.Statements)
        {
            await using var command = new NpgsqlCommand(
                "EXPLAIN "
                    + sql.Replace("$1", "'x'", StringComparison.Ordinal).Replace("$2", "'x'", StringComparison.Ordinal),
                connection
            );
            await using var plan = await command.ExecuteReaderAsync();
            while (await plan.ReadAsync())
            {
                var line = plan.GetString(0);
                Assert.True(
                    !line.Contains("Seq Scan", StringComparison.Ordinal)
                        || line.Contains("revision", StringComparison.Ordinal),
                    line
                );
            }
        }
    }

    string Place(string database) => $"postgresql://stackmeta@127.0.0.1:{_server.Port}/{database}";

    PostgresInventory Open(
        string database,
        PostgresInventoryOptions? options = null,
        string user = PostgresServer.Role,
        string? password = null
    ) =>
        PostgresInventory.Open(
            PostgresUrl.Parse(_server.Url(database, user, password)),
            TimeProvider.System,
            options,
            new Logger<PostgresInventory>(_log)
        );

    async Task<string> InstanceAsync(string database)
    {
        using var inventory = Open(database);
        return (await inventory.Instances.CreateAsync(new InstanceEntry()).Taken()).Id;
    }

    static void Refused(string url, InventoryTrouble trouble, string message, PostgresInventoryOptions? options = null)
    {
        var refused = Assert.Throws<InventoryException>(() =>
            PostgresInventory.Open(PostgresUrl.Parse(url), TimeProvider.System, options).Dispose()
        );
        Assert.Equal((trouble, message), (refused.Trouble, refused.Message));
        var password = Uri.UnescapeDataString(url.Split(':')[2].Split('@')[0]);
        Assert.DoesNotContain(password, refused.ToString(), StringComparison.Ordinal);
    }
}
