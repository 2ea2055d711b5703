using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.OpenStack.Tests;

/// <summary>Nova's recorded databases on a real MariaDB: which row is found, and what is made of it.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class NovaInstanceSourceTests(MariaDbServer server) : IAsyncLifetime
{
    const string Standard = "afc01aa3-f611-54a8-9ab3-f9fa2466ada0";

    readonly string _prefix = $"t{Guid.NewGuid():N}_"[..8];

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(MariaDbServer.Missing is not null, MariaDbServer.Missing ?? "");
        await RecordedNova.LoadAsync(server, _prefix);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(Standard, "web-1")]
    [InlineData("f23bcf23-d1ac-58b5-bcc4-95f8a4d368eb", "o23-cell0")]
    [InlineData("d11d6953-c16d-5567-bc1f-d94439576ec2", "o27-second-cell")]
    [InlineData("f66bcd4e-c773-5281-8bc9-6296bc6ec2bc", "o25-mapping-no-cell-row-in-cell1")]
    [InlineData("f481d379-9139-5e86-a675-97be9dd59159", "o26-no-mapping")]
    public async Task An_instance_is_found_in_the_cell_that_its_mapping_names(string uuid, string name)
    {
        await using var source = Source();
        var answer = await source.FindInstanceAsync(uuid, default);
        Assert.Equal(Refusal.None, answer.Refusal);
        Assert.Equal(name, answer.Instance!.DisplayName);
    }

    [Theory]
    [InlineData("adea00f0-6ce7-5d92-8419-80f700abfb94")]
    [InlineData("00000000-0000-0000-0000-00000000dead")]
    [InlineData("dhcpd3377d3c-a0d1-5d71-9947-f17125c357bb-1fc48169-2565-438f-870c-2c275792409a")]
    [InlineData("")]
    [InlineData("\0")]
    [InlineData("мама")]
    public async Task What_is_deleted_or_no_instance_is_not_found(string id)
    {
        await using var source = Source();
        Assert.Equal(Refusal.InstanceNotFound, (await source.FindInstanceAsync(id, default)).Refusal);
    }

    [Fact]
    public async Task The_record_holds_what_the_rows_say()
    {
        await using var source = Source();
        var instance = (await source.FindInstanceAsync(Standard, default)).Instance!;
        Assert.Equal(InstanceParts.None, instance.Unreadable);
        Assert.Equal("ed4b2f0e324a5ac685b62bda835b2996", instance.ProjectId);
        Assert.Equal(["role", "env"], instance.Metadata.Select(item => item.Key));
        Assert.NotNull(instance.FlavorName);
        Assert.NotNull(instance.UserData);
        Assert.NotNull(instance.Ec2Ids.Instance);
        Assert.NotNull(instance.Ec2Ids.Image);
        Assert.True(instance.SecurityGroups.IsDefault);
        var port = Assert.Single(instance.NetworkInterfaces);
        Assert.Equal("fa:16:3e:00:00:11", port.MacAddress);
        Assert.Equal(
            ["10.10.0.11", "fd00:a::f816:3eff:fe00:11"],
            port.Network!.Subnets.SelectMany(subnet => subnet.FixedIps).Select(ip => ip.Address).Order()
        );
    }

    [Fact]
    public async Task In_a_cells_own_service_the_api_database_is_not_asked()
    {
        await using var source = Source(options => options with { LocalMetadataPerCell = true, ApiDatabase = null });
        Assert.Equal(Refusal.None, (await source.FindInstanceAsync(Standard, default)).Refusal);
        // It lives in cell2, which a service of cell1 does not see.
        var other = await source.FindInstanceAsync("d11d6953-c16d-5567-bc1f-d94439576ec2", default);
        Assert.Equal(Refusal.InstanceNotFound, other.Refusal);
    }

    [Fact]
    public async Task K4_in_a_cells_own_service_a_password_is_stored_there()
    {
        await using var source = Source(options => options with { LocalMetadataPerCell = true, ApiDatabase = null });
        Assert.Equal(Refusal.None, await source.SetPasswordAsync(Standard, "x", default));
        Assert.Equal("x", (await source.FindInstanceAsync(Standard, default)).Instance!.Password);
    }

    [Fact]
    public async Task C18_K14_K15_deleted_metadata_is_gone_and_a_deleted_part_of_a_password_is_not()
    {
        await server.ExecuteAsync(
            _prefix + "nova_cell1",
            $"""
            UPDATE instance_metadata SET deleted = id WHERE instance_uuid = '{Standard}' AND `key` = 'env';
            INSERT INTO instance_system_metadata (instance_uuid, `key`, value, deleted) VALUES
              ('{Standard}', 'password_2', 'c', 0), ('{Standard}', 'password_10', 'b', 0), ('{Standard}', 'password_0', 'a', 7);
            """
        );
        await using var source = Source();
        var instance = (await source.FindInstanceAsync(Standard, default)).Instance!;
        Assert.Equal(["role"], instance.Metadata.Select(item => item.Key));
        Assert.Equal("abc", instance.Password);
    }

    [Fact]
    public async Task A_missing_ec2_id_is_inserted_once_and_then_read()
    {
        await server.ExecuteAsync(_prefix + "nova_cell1", "DELETE FROM s3_images; DELETE FROM instance_id_mappings");
        await using var source = Source();
        var first = (await source.FindInstanceAsync(Standard, default)).Instance!.Ec2Ids;
        var second = (await source.FindInstanceAsync(Standard, default)).Instance!.Ec2Ids;
        Assert.Equal(first, second);
        Assert.Equal(1L, await server.ScalarAsync(_prefix + "nova_cell1", "SELECT COUNT(*) FROM s3_images"));
        var row = await server.ScalarAsync(
            _prefix + "nova_cell1",
            $"SELECT id FROM instance_id_mappings WHERE uuid = '{Standard}' AND deleted = 0 AND created_at IS NOT NULL"
        );
        Assert.Equal(first.Instance, Convert.ToInt64(row));
    }

    [Fact]
    public async Task A_read_only_user_reads_everything_and_gets_derived_ec2_ids_said_once()
    {
        await server.ExecuteAsync(_prefix + "nova_cell1", "DELETE FROM s3_images; DELETE FROM instance_id_mappings");
        await server.ExecuteAsync(
            _prefix + "nova_api",
            $"UPDATE cell_mappings SET database_connection = '{server.Url(_prefix + "nova_cell1", "reader")}' WHERE name = 'cell1'"
        );
        var log = new RecordingLogger<NovaInstanceSource>();
        await using var source = new NovaInstanceSource(
            RecordedNova.Options(server, _prefix, "reader"),
            log,
            TimeProvider.System
        );
        var first = (await source.FindInstanceAsync(Standard, default)).Instance!.Ec2Ids;
        var second = (await source.FindInstanceAsync(Standard, default)).Instance!.Ec2Ids;
        Assert.Equal(Ec2IdRows.Derive(Standard), first.Instance);
        Assert.Equal(first, second);
        Assert.Single(log.Messages, message => message.Contains("EC2 ids cannot be inserted"));
        Assert.Equal(Refusal.PasswordNotStored, await source.SetPasswordAsync(Standard, "x", default));
        // Who may not write is told so, and not that the database is down.
        Assert.Single(log.Messages, message => message.Contains($"instance {Standard} could not be stored"));
        Assert.DoesNotContain(log.Messages, message => message.Contains("cannot be used"));
    }

    [Fact]
    public async Task A_password_is_stored_once_in_four_parts()
    {
        await using var source = Source();
        var password = new string('a', 255) + new string('b', 100);
        var before = await server.ScalarAsync(
            _prefix + "nova_cell1",
            $"SELECT updated_at FROM instances WHERE uuid = '{Standard}'"
        );
        Assert.Equal(Refusal.None, await source.SetPasswordAsync(Standard, password, default));
        Assert.Equal(Refusal.PasswordAlreadySet, await source.SetPasswordAsync(Standard, "other", default));
        Assert.Equal(password, (await source.FindInstanceAsync(Standard, default)).Instance!.Password);
        var rows = await server.ScalarAsync(
            _prefix + "nova_cell1",
            $"SELECT GROUP_CONCAT(CONCAT(`key`, CHAR_LENGTH(value), deleted) ORDER BY `key`) FROM instance_system_metadata WHERE instance_uuid = '{Standard}' AND `key` LIKE 'password%'"
        );
        Assert.Equal("password_02550,password_11000,password_200,password_300", rows);
        var after = await server.ScalarAsync(
            _prefix + "nova_cell1",
            $"SELECT updated_at FROM instances WHERE uuid = '{Standard}'"
        );
        Assert.NotEqual(before, after);
    }

    [Fact]
    public async Task An_empty_password_leaves_it_unset()
    {
        await using var source = Source();
        Assert.Equal(Refusal.None, await source.SetPasswordAsync(Standard, "", default));
        Assert.Equal(Refusal.None, await source.SetPasswordAsync(Standard, "set", default));
        Assert.Equal("set", (await source.FindInstanceAsync(Standard, default)).Instance!.Password);
    }

    [Fact]
    public async Task Of_many_who_set_a_password_at_once_one_succeeds()
    {
        await using var source = Source();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => source.SetPasswordAsync(Standard, $"password {i}", default).AsTask())
        );
        Assert.Single(answers, Refusal.None);
        Assert.Equal(19, answers.Count(answer => answer == Refusal.PasswordAlreadySet));
    }

    [Theory]
    [InlineData("emoji 😀", Refusal.PasswordNotText)]
    [InlineData("пароль", Refusal.None)]
    [InlineData("nul \0 inside", Refusal.None)]
    public async Task What_the_column_cannot_hold_is_refused(string password, Refusal expected)
    {
        await using var source = Source();
        Assert.Equal(expected, await source.SetPasswordAsync(Standard, password, default));
        var stored = (await source.FindInstanceAsync(Standard, default)).Instance!.Password;
        Assert.Equal(expected == Refusal.None ? password : "", stored);
    }

    [Fact]
    public async Task A_deleted_instance_takes_no_password()
    {
        await using var source = Source();
        Assert.Equal(
            Refusal.PasswordInstanceGone,
            await source.SetPasswordAsync("adea00f0-6ce7-5d92-8419-80f700abfb94", "x", default)
        );
    }

    [Fact]
    public async Task An_instance_resized_into_another_cell_is_found_there()
    {
        await using var source = Source();
        Assert.Equal(Refusal.None, (await source.FindInstanceAsync(Standard, default)).Refusal);
        // What Nova does at the end of a resize between cells: the old row is hidden, the mapping turned.
        await server.ExecuteAsync(
            "",
            $"""
            INSERT INTO {_prefix}nova_cell2.instances (uuid, project_id, display_name, hostname, deleted, hidden)
            VALUES ('{Standard}', 'p', 'moved', 'moved', 0, 0);
            UPDATE {_prefix}nova_cell1.instances SET hidden = 1 WHERE uuid = '{Standard}';
            UPDATE {_prefix}nova_api.instance_mappings SET cell_id = 3 WHERE instance_uuid = '{Standard}';
            """
        );
        Assert.Equal("moved", (await source.FindInstanceAsync(Standard, default)).Instance!.DisplayName);
    }

    [Fact]
    public async Task Broken_and_missing_parts_are_named_and_the_rest_is_read()
    {
        await server.ExecuteAsync(
            _prefix + "nova_cell1",
            $$"""
            UPDATE instance_extra SET flavor = '{"cur": {', keypairs = 'null', device_metadata = '[]', numa_topology = 'x'
            WHERE instance_uuid = '{{Standard}}';
            UPDATE instance_info_caches SET network_info = NULL WHERE instance_uuid = '{{Standard}}';
            UPDATE instances SET user_data = 'YQ', hostname = NULL WHERE uuid = '{{Standard}}';
            INSERT INTO instance_system_metadata (instance_uuid, `key`, value, deleted) VALUES ('{{Standard}}', 'password_0', NULL, 0);
            """
        );
        await using var source = Source();
        var instance = (await source.FindInstanceAsync(Standard, default)).Instance!;
        Assert.Equal(
            InstanceParts.UserData
                | InstanceParts.NetworkInterfaces
                | InstanceParts.Password
                | InstanceParts.Flavor
                | InstanceParts.KeyPair
                | InstanceParts.Devices
                | InstanceParts.DedicatedCpus,
            instance.Unreadable
        );
        Assert.Null(instance.Hostname);
        Assert.Equal("web-1", instance.DisplayName);
        Assert.Equal(2, instance.Metadata.Length);
    }

    NovaInstanceSource Source(Func<NovaDatabaseOptions, NovaDatabaseOptions>? change = null) =>
        new(
            (change ?? (options => options))(RecordedNova.Options(server, _prefix)),
            NullLogger<NovaInstanceSource>.Instance,
            TimeProvider.System
        );
}

/// <summary>Keeps messages for a test to look at.</summary>
public sealed class RecordingLogger<T> : ILogger<T>
{
    // Added to from any thread, under the lock of the list itself.
    readonly List<string> _messages = [];

    public IReadOnlyList<string> Messages
    {
        get
        {
            lock (_messages)
            {
                return [.. _messages];
            }
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        lock (_messages)
        {
            _messages.Add(formatter(state, exception));
        }
    }
}

/// <summary>Tests that share a database server; they run one after another and use databases of their own names.</summary>
[CollectionDefinition(Name)]
public sealed class DatabaseCollection : ICollectionFixture<MariaDbServer>, ICollectionFixture<PostgreSqlServer>
{
    public const string Name = "databases";
}
