using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Refusals;

namespace Stackmeta.OpenStack.Tests;

/// <summary>Two hosts in the URLs: the primary goes away, and its standby is promoted.</summary>
[Collection(DatabaseCollection.Name)]
public sealed class PostgreSqlFailoverTests(MariaDbServer mariaDb, PostgreSqlServer primary) : IAsyncLifetime
{
    const string Standard = "afc01aa3-f611-54a8-9ab3-f9fa2466ada0";
    const string Another = "349496ce-eff5-5677-a619-3b5f0a1fb609";

    PostgreSqlServer? _standby;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(MariaDbServer.Missing is not null, MariaDbServer.Missing ?? "");
        Assert.SkipWhen(PostgreSqlServer.Missing is not null, PostgreSqlServer.Missing ?? "");
        await RecordedNova.LoadAsync(mariaDb);
        foreach (var database in new[] { "nova_api", "nova_cell0", "nova_cell1", "nova_cell2" })
        {
            await primary.ExecuteAsync("postgres", $"DROP DATABASE IF EXISTS {database} WITH (FORCE)");
        }
        await PostgreSqlCopy.CopyNovaAsync(mariaDb, primary);
        _standby = await PostgreSqlServer.StartStandbyAsync(primary);
    }

    public async ValueTask DisposeAsync()
    {
        if (_standby is not null)
        {
            await _standby.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("target_session_attrs=any")]
    [InlineData("target_session_attrs=prefer-standby")]
    public async Task Guests_are_answered_throughout_and_passwords_stored_once_the_standby_is_promoted(
        string parameters
    )
    {
        await NameBothHostsAsync(parameters);
        await using var source = Source(parameters);
        Assert.Equal(Refusal.None, (await source.FindInstanceAsync(Standard, default)).Refusal);
        if (parameters.Length == 0)
        {
            Assert.Equal(Refusal.None, await source.SetPasswordAsync(Standard, "before", default));
        }
        await primary.ExecuteAsync("nova_cell1", $"DELETE FROM instance_id_mappings WHERE uuid = '{Another}'");
        await _standby!.CatchUpAsync(primary);
        await primary.KillAsync();
        try
        {
            // It can be read, which is enough for all but passwords; an EC2 id without a row is derived meanwhile.
            Assert.Equal(Refusal.None, (await source.FindInstanceAsync(Standard, default)).Refusal);
            Assert.Equal(Ec2IdRows.Derive(Another), await Ec2IdAsync(source));
            Assert.Equal(Refusal.PasswordNotStored, await source.SetPasswordAsync(Another, "between", default));

            await _standby.PromoteAsync();
            Assert.InRange(await Ec2IdAsync(source), 1, int.MaxValue);
            Assert.Equal(Refusal.None, await source.SetPasswordAsync(Another, "after", default));
            Assert.Equal("after", (await source.FindInstanceAsync(Another, default)).Instance!.Password);
            if (parameters.Length == 0)
            {
                Assert.Equal("before", (await source.FindInstanceAsync(Standard, default)).Instance!.Password);
            }
        }
        finally
        {
            await primary.StartAsync();
        }
    }

    [Fact]
    public async Task Where_only_a_primary_will_do_the_promoted_standby_is_found_within_a_guests_patience()
    {
        const string Primary = "target_session_attrs=read-write";
        await NameBothHostsAsync(Primary);
        await using var source = Source(Primary);
        Assert.Equal(Refusal.None, (await source.FindInstanceAsync(Standard, default)).Refusal);
        await _standby!.CatchUpAsync(primary);
        await primary.KillAsync();
        try
        {
            Assert.Equal(
                Refusal.InstanceSourceUnavailable,
                (await source.FindInstanceAsync(Standard, default)).Refusal
            );
            await _standby.PromoteAsync();
            await TestProcess.UntilAsync(
                async () => (await source.FindInstanceAsync(Standard, default)).Refusal == Refusal.None,
                "The promoted standby"
            );
            Assert.Equal(Refusal.None, await source.SetPasswordAsync(Another, "after", default));
        }
        finally
        {
            await primary.StartAsync();
        }
    }

    static async Task<long> Ec2IdAsync(NovaInstanceSource source) =>
        (await source.FindInstanceAsync(Another, default)).Instance!.Ec2Ids.Instance!.Value;

    /// <summary>In the cells' URLs, which the standby gets from the primary.</summary>
    async Task NameBothHostsAsync(string parameters)
    {
        foreach (var cell in new[] { "cell0", "cell1" })
        {
            await primary.ExecuteAsync(
                "nova_api",
                $"UPDATE cell_mappings SET database_connection = '{Url($"nova_{cell}", parameters)}' WHERE name = '{cell}'"
            );
        }
    }

    string Url(string database, string parameters) =>
        primary
            .Url(database)
            .Replace($":{primary.Port}/", $":{primary.Port},127.0.0.1:{_standby!.Port}/", StringComparison.Ordinal)
        + (parameters.Length > 0 ? "?" + parameters : "");

    NovaInstanceSource Source(string parameters) =>
        new(
            new()
            {
                ApiDatabase = DatabaseUrl.Parse(Url("nova_api", parameters)),
                CellDatabase = DatabaseUrl.Parse(Url("nova_cell1", parameters)),
                CellDatabaseText = Url("nova_cell1", parameters),
            },
            NullLogger<NovaInstanceSource>.Instance,
            TimeProvider.System
        );
}
