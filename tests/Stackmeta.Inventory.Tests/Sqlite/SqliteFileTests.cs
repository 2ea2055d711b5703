using Microsoft.Data.Sqlite;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Inventory.Tests;

/// <summary>What can be wrong with the file, and what is said and answered then.</summary>
public sealed class SqliteFileTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static GuestAddress Guest =>
        GuestAddress.TryFrom(System.Net.IPAddress.Parse("10.0.0.5"), out var guest)
            ? guest
            : throw new FormatException();

    string File => _folder.File("inventory.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_inventory_can_be_read_by_its_owner_only()
    {
        using var inventory = SqliteInventory.Open(File, TimeProvider.System);
        foreach (var file in Directory.GetFiles(_folder.Path))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public void A_missing_folder_is_not_made()
    {
        var trouble = Refused(_folder.File("missing/inventory.db"));
        Assert.Equal(InventoryTrouble.DirectoryMissing, trouble.Trouble);
        Assert.Contains(_folder.File("missing"), trouble.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_made_only_if_that_is_wanted()
    {
        Assert.Equal(
            InventoryTrouble.CannotOpen,
            Refused(File, new SqliteInventoryOptions { CreateIfMissing = false }).Trouble
        );
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void A_file_of_another_kind_is_left_alone()
    {
        System.IO.File.WriteAllText(File, new string('x', 10_000));
        Assert.Equal(InventoryTrouble.NotAnInventory, Refused(File).Trouble);
        Assert.Equal(10_000, new FileInfo(File).Length);
    }

    [Fact]
    public void A_database_of_another_program_is_left_alone()
    {
        Execute("CREATE TABLE networks (id INTEGER)");
        Assert.Equal(InventoryTrouble.NotAnInventory, Refused(File).Trouble);
    }

    [Fact]
    public void An_inventory_of_a_newer_program_is_refused_with_both_versions()
    {
        SqliteInventory.Open(File, TimeProvider.System).Dispose();
        Execute("INSERT INTO migrations (number, name, applied_at) VALUES (99, 'later', '')");
        var trouble = Refused(File);
        Assert.Equal(InventoryTrouble.NewerVersion, trouble.Trouble);
        Assert.Contains(
            "version 99 by a newer stackmeta, and this one knows 2",
            trouble.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Migrations_are_recorded_and_applied_once()
    {
        using (var inventory = SqliteInventory.Open(File, TimeProvider.System))
        {
            await inventory.Networks.CreateAsync(new NetworkEntry { Name = "n" }).Taken();
        }
        using var again = SqliteInventory.Open(File, TimeProvider.System);
        await again.Networks.FindAsync("n").Taken();
        Assert.Equal(SqliteMigrations.All.Length, Scalar("SELECT count(*) FROM migrations"));
    }

    [Fact]
    public async Task Two_processes_may_make_the_same_inventory_at_once()
    {
        for (var round = 0; round < 10; round++)
        {
            var file = _folder.File($"{round}.db");
            var inventories = await Task.WhenAll(
                Enumerable.Range(0, 4).Select(_ => Task.Run(() => SqliteInventory.Open(file, TimeProvider.System)))
            );
            foreach (var inventory in inventories)
            {
                await inventory.Routers.CreateAsync(new RouterEntry()).Taken();
            }
            Assert.Equal(4, (await inventories[0].Routers.ListAsync().ToListAsync()).Count);
            Array.ForEach(inventories, inventory => inventory.Dispose());
        }
    }

    [Fact]
    public async Task A_read_only_inventory_answers_and_takes_nothing()
    {
        string id;
        using (var inventory = SqliteInventory.Open(File, TimeProvider.System))
        {
            id = (await inventory.Instances.CreateAsync(new InstanceEntry()).Taken()).Id;
        }
        using var readOnly = SqliteInventory.Open(
            File,
            TimeProvider.System,
            new SqliteInventoryOptions { ReadOnly = true }
        );
        Assert.Equal(Refusal.None, (await readOnly.FindInstanceAsync(id, default)).Refusal);
        Assert.Equal(Refusal.PasswordNotStored, await readOnly.SetPasswordAsync(id, "p", default));
        var trouble = await Assert.ThrowsAsync<InventoryException>(async () =>
            await readOnly.Routers.CreateAsync(new RouterEntry())
        );
        Assert.Equal(InventoryTrouble.ReadOnly, trouble.Trouble);
    }

    [Fact]
    public async Task A_damaged_inventory_says_so_and_never_answers_wrongly()
    {
        string id;
        using (var inventory = SqliteInventory.Open(File, TimeProvider.System))
        {
            id = (await inventory.Instances.CreateAsync(new InstanceEntry()).Taken()).Id;
        }
        // All pages but the first, which holds the schema's root and the header.
        var bytes = await System.IO.File.ReadAllBytesAsync(File);
        Array.Fill(bytes, (byte)0xa5, 4096, bytes.Length - 4096);
        await System.IO.File.WriteAllBytesAsync(File, bytes);
        Assert.Equal(InventoryTrouble.Corrupt, Refused(File).Trouble);

        // Damage that opening does not see.
        System.IO.File.Delete(File);
        using var opened = SqliteInventory.Open(File, TimeProvider.System);
        id = (await opened.Instances.CreateAsync(new InstanceEntry()).Taken()).Id;
        Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        Damage("instances");
        using var damaged = SqliteInventory.Open(File, TimeProvider.System);
        Assert.Equal(Refusal.InstanceSourceFailed, (await damaged.FindInstanceAsync(id, default)).Refusal);
        var trouble = await Assert.ThrowsAsync<InventoryException>(async () => await damaged.Instances.FindAsync(id));
        Assert.Equal(InventoryTrouble.Corrupt, trouble.Trouble);
        Assert.Equal(
            Refusal.PortNotFound,
            (await damaged.FindPortAsync(new(NetworkScopeKind.Network, "n"), Guest, default)).Refusal
        );
    }

    [Fact]
    public async Task A_locked_inventory_is_unavailable_at_once_and_recovers_by_itself()
    {
        using var inventory = SqliteInventory.Open(
            File,
            TimeProvider.System,
            new SqliteInventoryOptions { WriteWait = TimeSpan.FromMilliseconds(50) }
        );
        var id = (await inventory.Instances.CreateAsync(new InstanceEntry()).Taken()).Id;
        var scope = new NetworkScope(NetworkScopeKind.Network, "n");
        using (var other = Connect())
        {
            // Keeps everybody out, as nothing but a repair or a backup by hand does.
            inventory.Dispose();
            Execute(other, "PRAGMA locking_mode = EXCLUSIVE");
            Execute(other, "BEGIN IMMEDIATE");
            Execute(other, "INSERT INTO changes (kind, id) VALUES (0, '')");
            using var locked = Unprepared();
            Assert.Equal(Refusal.InstanceSourceUnavailable, (await locked.FindInstanceAsync(id, default)).Refusal);
            Assert.Equal(Refusal.PortDirectoryUnavailable, (await locked.FindPortAsync(scope, Guest, default)).Refusal);
            Assert.Equal(Refusal.PasswordNotStored, await locked.SetPasswordAsync(id, "p", default));
            var trouble = await Assert.ThrowsAsync<InventoryException>(async () =>
                await locked.Routers.CreateAsync(new RouterEntry())
            );
            Assert.Equal((InventoryTrouble.Locked, true), (trouble.Trouble, trouble.IsPassing));
            Execute(other, "COMMIT");
            other.Close();
            Assert.Equal(Refusal.None, (await locked.FindInstanceAsync(id, default)).Refusal);
            Assert.Equal(Refusal.None, await locked.SetPasswordAsync(id, "p", default));
        }
    }

    [Fact]
    public async Task Readers_are_answered_while_another_process_writes_and_writers_wait()
    {
        using var inventory = SqliteInventory.Open(File, TimeProvider.System);
        var id = (await inventory.Instances.CreateAsync(new InstanceEntry()).Taken()).Id;
        using var other = Connect();
        Execute(other, "BEGIN IMMEDIATE");
        Execute(other, "DELETE FROM instances");
        Assert.Equal(Refusal.None, (await inventory.FindInstanceAsync(id, default)).Refusal);
        var writing = inventory.SetPasswordAsync(id, "p", default).AsTask();
        Assert.False(writing.IsCompleted);
        Execute(other, "ROLLBACK");
        Assert.Equal(Refusal.None, await writing);
    }

    [Fact]
    public async Task A_writer_that_waits_for_itself_is_told_that_the_inventory_is_locked()
    {
        using var inventory = SqliteInventory.Open(
            File,
            TimeProvider.System,
            new SqliteInventoryOptions { WriteWait = TimeSpan.FromMilliseconds(50) }
        );
        var trouble = await Assert.ThrowsAsync<InventoryException>(async () =>
            await inventory.TogetherAsync<RouterEntry>(_ => inventory.Routers.CreateAsync(new RouterEntry()))
        );
        Assert.Equal(InventoryTrouble.Locked, trouble.Trouble);
        await inventory.Routers.CreateAsync(new RouterEntry()).Taken();
    }

    [Fact]
    public async Task A_full_disk_loses_nothing_and_is_survived()
    {
        using var disk = SmallDisk.MountOrSkip();
        using var inventory = SqliteInventory.Open(disk.File("inventory.db"), TimeProvider.System);
        var id = (await inventory.Instances.CreateAsync(new InstanceEntry()).Taken()).Id;
        disk.Fill();
        var trouble = await Assert.ThrowsAsync<InventoryException>(async () =>
        {
            while (true)
            {
                await inventory.Instances.CreateAsync(new InstanceEntry { UserData = new byte[40_000] });
            }
        });
        Assert.Equal(InventoryTrouble.Full, trouble.Trouble);
        Assert.Equal(Refusal.None, (await inventory.FindInstanceAsync(id, default)).Refusal);
        disk.Empty();
        Assert.Equal(Refusal.None, await inventory.SetPasswordAsync(id, "p", default));
        await inventory.Instances.CreateAsync(new InstanceEntry { UserData = new byte[40_000] }).Taken();
    }

    [Fact]
    public async Task OSSA_2013_033_a_forged_port_is_no_interface_of_the_instance_and_carries_its_own_project()
    {
        using var inventory = SqliteInventory.Open(File, TimeProvider.System);
        var network = await inventory.Networks.CreateAsync(new NetworkEntry()).Taken();
        await inventory.Subnets.CreateAsync(new SubnetEntry { NetworkId = network.Id, Cidr = "10.0.0.0/24" }).Taken();
        var victim = await inventory.Instances.CreateAsync(new InstanceEntry { ProjectId = "victim" }).Taken();
        await inventory
            .Ports.CreateAsync(
                new PortEntry
                {
                    NetworkId = network.Id,
                    ProjectId = "mallory",
                    FixedIps = [new FixedIpEntry { IpAddress = "10.0.0.5" }],
                }
            )
            .Taken();
        // The rules refuse it; whatever got past them must not matter.
        Execute($"UPDATE ports SET device_id = '{victim.Id}' WHERE project_id = 'mallory'");
        Assert.Empty((await inventory.FindInstanceAsync(victim.Id, default)).Instance!.NetworkInterfaces);
        var answer = await inventory.FindPortAsync(new(NetworkScopeKind.Network, network.Id), Guest, default);
        Assert.Equal(("mallory", victim.Id), (answer.Port!.ProjectId, answer.Port.DeviceId));
    }

    [Fact]
    public async Task The_path_reads_by_indexes_alone()
    {
        SqliteInventory.Open(File, TimeProvider.System).Dispose();
        using var connection = Connect();
        foreach (var sql in PortStatements.All.Append(InstanceQuery.Sql))
        {
            using var command = connection.CreateCommand();
            command.CommandText = "EXPLAIN QUERY PLAN " + sql;
            for (var i = 1; i <= 2; i++)
            {
                command.Parameters.AddWithValue($"${i}", "x");
            }
            await using var plan = await command.ExecuteReaderAsync();
            while (await plan.ReadAsync())
            {
                Assert.DoesNotContain("SCAN", plan.GetString(3), StringComparison.Ordinal);
                // A subnet may have tens of thousands of addresses.
                Assert.DoesNotContain("fixed_ips_by_subnet", plan.GetString(3), StringComparison.Ordinal);
                Assert.DoesNotContain("FOR ORDER BY", plan.GetString(3), StringComparison.Ordinal);
            }
        }
        foreach (var sql in GuestQueries.Statements)
        {
            using var command = connection.CreateCommand();
            command.CommandText = "EXPLAIN QUERY PLAN " + sql;
            command.Parameters.AddWithValue("$1", "x");
            command.Parameters.AddWithValue("$2", "x");
            await using var plan = await command.ExecuteReaderAsync();
            while (await plan.ReadAsync())
            {
                // The one or two ports that were found; their rows are few enough to be sorted.
                Assert.True(
                    !plan.GetString(3).Contains("SCAN", StringComparison.Ordinal) || plan.GetString(3) == "SCAN g",
                    plan.GetString(3)
                );
                Assert.DoesNotContain("fixed_ips_by_subnet", plan.GetString(3), StringComparison.Ordinal);
            }
        }
    }

    /// <summary>An inventory whose file is opened at the first question only.</summary>
    SqliteInventory Unprepared() =>
        SqliteInventory.Unprepared(
            File,
            TimeProvider.System,
            new SqliteInventoryOptions { WriteWait = TimeSpan.FromMilliseconds(50) }
        );

    static InventoryException Refused(string file, SqliteInventoryOptions? options = null) =>
        Assert.Throws<InventoryException>(() => SqliteInventory.Open(file, TimeProvider.System, options));

    /// <summary>Overwrites the pages of a table, and of what is behind it.</summary>
    void Damage(string table)
    {
        var page = Scalar($"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'");
        var size = Scalar("PRAGMA page_size");
        using var file = new FileStream(File, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = (page - 1) * size;
        file.Write(new byte[size]);
    }

    SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False;Default Timeout=1");
        connection.Open();
        return connection;
    }

    void Execute(string sql)
    {
        using var connection = Connect();
        Execute(connection, sql);
    }

    static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    long Scalar(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
