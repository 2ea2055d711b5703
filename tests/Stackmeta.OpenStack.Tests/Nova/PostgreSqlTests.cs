using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.OpenStack.Tests;

/// <summary>The same rows on PostgreSQL give the same records, ids and passwords.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class PostgreSqlTests(MariaDbServer mariaDb, PostgreSqlServer postgreSql) : IAsyncLifetime
{
    const string Standard = "afc01aa3-f611-54a8-9ab3-f9fa2466ada0";

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(MariaDbServer.Missing is not null, MariaDbServer.Missing ?? "");
        Assert.SkipWhen(PostgreSqlServer.Missing is not null, PostgreSqlServer.Missing ?? "");
        await RecordedNova.LoadAsync(mariaDb);
        await postgreSql.ExecuteAsync(
            "postgres",
            """
            DROP DATABASE IF EXISTS nova_api;
            """
        );
        foreach (var database in new[] { "nova_cell0", "nova_cell1", "nova_cell2" })
        {
            await postgreSql.ExecuteAsync("postgres", $"DROP DATABASE IF EXISTS {database}");
        }
        await PostgreSqlCopy.CopyNovaAsync(mariaDb, postgreSql);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Every_recorded_instance_is_the_same_record()
    {
        await using var ours = PostgreSql();
        await using var theirs = new NovaInstanceSource(
            RecordedNova.Options(mariaDb),
            NullLogger<NovaInstanceSource>.Instance,
            TimeProvider.System
        );
        using var seed = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(RecordedNova.Folder, "seed.json")));
        foreach (var instance in seed.RootElement.GetProperty("instances").EnumerateArray())
        {
            var uuid = instance.GetProperty("uuid").GetString()!;
            var there = await theirs.FindInstanceAsync(uuid, default);
            var here = await ours.FindInstanceAsync(uuid, default);
            Assert.Equal(there.Refusal, here.Refusal);
            Assert.Equal(Text(there.Instance), Text(here.Instance));
        }
    }

    static string Text(Instance? instance) =>
        instance is null
            ? ""
            : JsonSerializer.Serialize(instance with { SecurityGroups = [], Devices = [] })
                + string.Concat(
                    instance.Devices.Select(device =>
                        $"{device with { Tags = [] }} {(device.Tags.IsDefault ? "unset" : string.Join(',', device.Tags))}"
                    )
                );

    [Theory]
    [InlineData("secret", Refusal.None)]
    [InlineData("emoji 😀", Refusal.None)]
    [InlineData("nul \0 inside", Refusal.PasswordNotText)]
    public async Task A_password_is_stored_once(string password, Refusal expected)
    {
        await using var source = PostgreSql();
        Assert.Equal(expected, await source.SetPasswordAsync(Standard, password, default));
        if (expected == Refusal.None)
        {
            Assert.Equal(Refusal.PasswordAlreadySet, await source.SetPasswordAsync(Standard, "other", default));
            Assert.Equal(password, (await source.FindInstanceAsync(Standard, default)).Instance!.Password);
        }
    }

    [Fact]
    public async Task Missing_ec2_ids_are_inserted_or_derived()
    {
        await postgreSql.ExecuteAsync("nova_cell1", "DELETE FROM s3_images; DELETE FROM instance_id_mappings");
        await using (var source = PostgreSql())
        {
            var first = (await source.FindInstanceAsync(Standard, default)).Instance!.Ec2Ids;
            Assert.Equal(first, (await source.FindInstanceAsync(Standard, default)).Instance!.Ec2Ids);
            Assert.InRange(first.Instance!.Value, 1, 0x7fff_ffff);
        }
        await postgreSql.ExecuteAsync("nova_cell1", "DELETE FROM s3_images; DELETE FROM instance_id_mappings");
        await postgreSql.ExecuteAsync(
            "nova_api",
            $"UPDATE cell_mappings SET database_connection = '{postgreSql.Url("nova_cell1", "reader")}' WHERE name = 'cell1'"
        );
        await using var reader = PostgreSql("reader");
        Assert.Equal(
            Ec2IdRows.Derive(Standard),
            (await reader.FindInstanceAsync(Standard, default)).Instance!.Ec2Ids.Instance
        );
    }

    [Fact]
    public async Task A_restarted_server_is_found_again()
    {
        await using var source = PostgreSql();
        Assert.Equal(Refusal.None, (await source.FindInstanceAsync(Standard, default)).Refusal);
        await postgreSql.KillAsync();
        Assert.Equal(Refusal.InstanceSourceUnavailable, (await source.FindInstanceAsync(Standard, default)).Refusal);
        await postgreSql.StartAsync();
        Assert.Equal(Refusal.None, (await source.FindInstanceAsync(Standard, default)).Refusal);
    }

    NovaInstanceSource PostgreSql(string user = PostgreSqlServer.User) =>
        new(
            new()
            {
                ApiDatabase = DatabaseUrl.Parse(postgreSql.Url("nova_api", user)),
                CellDatabase = DatabaseUrl.Parse(postgreSql.Url("nova_cell1", user)),
                CellDatabaseText = postgreSql.Url("nova_cell1", user),
            },
            NullLogger<NovaInstanceSource>.Instance,
            TimeProvider.System
        );
}
