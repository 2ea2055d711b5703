using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;
using Stackmeta.Api;
using Stackmeta.Documents;
using Stackmeta.OpenStack;
using Stackmeta.OpenStack.Tests;

namespace Stackmeta.Reference.Tests;

/// <summary>The recorded cloud: its databases on a real MariaDB, stand-ins for the rest, and our API on them by a nova.conf.</summary>
public sealed class ReferenceCloud : IAsyncLifetime
{
    /// <summary>Before the names of a second set of the same databases, for sequences that write.</summary>
    internal const string WritablePrefix = "w_";

    const string Secret = "rig-shared-secret";

    readonly MariaDbServer _server = new();
    readonly List<IAsyncDisposable> _started = [];
    readonly Verdicts _all = new();
    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-reference-").FullName;
    int _neutronPort;
    int _vendorDataPort;

    internal RandomSeeds Seeds { get; } = new();

    /// <summary>Why the tests cannot run; null when they can.</summary>
    public static string? Missing => MariaDbServer.Missing;

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null)
        {
            return;
        }
        await _server.InitializeAsync();
        await RecordedNova.LoadAsync(_server);
        await _server.LoadAsync("neutron", Path.Combine(RecordedNova.Folder, "neutron.sql.gz"));
        await RecordedNova.LoadAsync(_server, WritablePrefix);
        var neutron = new TestListener(new NeutronStandIn(_server, "neutron").AnswerAsync);
        var vendorData = new TestListener(VendorDataTargets.AnswerAsync);
        _started.AddRange([neutron, vendorData]);
        (_neutronPort, _vendorDataPort) = (neutron.Port, vendorData.Port);
    }

    /// <summary>Our API as nova.conf describes it with some options set otherwise.</summary>
    /// <param name="options">Lines <c>group.name = value</c>; a value of null takes the line out.</param>
    internal Task<RunningApi> StartAsync(params (string Option, string? Value)[] options) => StartOnAsync("", options);

    /// <summary>The same on PostgreSQL.</summary>
    internal Task<RunningApi> StartOnPostgreSqlAsync(PostgreSqlServer server) =>
        StartOnAsync(
            "",
            ("api_database.connection", server.Url("nova_api")),
            ("database.connection", server.Url("nova_cell1"))
        );

    /// <summary>Makes the same rows on PostgreSQL.</summary>
    internal Task CopyToAsync(PostgreSqlServer server) => PostgreSqlCopy.CopyNovaAsync(_server, server);

    /// <summary>The same on databases whose names begin otherwise.</summary>
    internal Task<RunningApi> StartOnAsync(string prefix, params (string Option, string? Value)[] options) =>
        StartOnAsync(prefix, null, options);

    /// <summary>The same beside a neutron.conf, with a Neutron whose REST API is away.</summary>
    internal async Task<RunningApi> StartBesideNeutronDatabaseAsync()
    {
        var file = Path.Combine(_folder, "neutron.conf");
        await File.WriteAllTextAsync(file, $"[database]\nconnection = {NeutronDatabaseUrl}\n");
        return await StartOnAsync(
            "",
            NeutronDatabaseOptions.Read(file),
            ("neutron.auth_url", "http://127.0.0.1:1/v3"),
            ("neutron.endpoint_override", "http://127.0.0.1:1/")
        );
    }

    async Task<RunningApi> StartOnAsync(
        string prefix,
        NeutronDatabaseOptions? neutron,
        params (string Option, string? Value)[] options
    )
    {
        var file = await WriteNovaConfAsync(prefix, options);
        var hop = NovaHop.Create(
            NovaConfiguration.Read([file]),
            new DocumentOptions(),
            new ApiOptions(),
            NullLoggerFactory.Instance,
            TimeProvider.System,
            neutronDatabase: neutron
        );
        await hop.StartAsync(
            new NovaListenOptions(),
            [new IPEndPoint(IPAddress.Loopback, 0)],
            kept: null,
            NullLoggerFactory.Instance,
            CancellationToken.None
        );
        return new(hop, hop.Server!.Addresses.First());
    }

    /// <summary>Writes a nova.conf for these databases.</summary>
    /// <returns>Its path.</returns>
    internal async Task<string> WriteNovaConfAsync(string prefix = "", params (string Option, string? Value)[] options)
    {
        var file = Path.Combine(_folder, $"nova-{Guid.NewGuid():N}.conf");
        await File.WriteAllTextAsync(file, NovaConf(prefix, options));
        return file;
    }

    /// <summary>What neutron.conf's <c>[database] connection</c> would be.</summary>
    internal string NeutronDatabaseUrl => _server.Url("neutron");

    /// <summary>Our look-up in the recorded database of Neutron.</summary>
    internal NeutronDatabasePortDirectory NeutronDatabase() =>
        new(
            DatabaseUrl.Parse(NeutronDatabaseUrl),
            new(),
            TimeSpan.FromSeconds(5),
            NullLogger<NeutronDatabasePortDirectory>.Instance,
            TimeProvider.System
        );

    /// <summary>Adds to what is printed at the end.</summary>
    internal void Count(Verdicts verdicts) => _all.Add(verdicts);

    /// <summary>The password's rows of an instance: key, the first 40 characters, length, deleted.</summary>
    internal async Task<string[]> PasswordRowsAsync(string cell, string uuid)
    {
        await using var connection = new MySqlConnection(_server.AdminConnectionString($"{WritablePrefix}nova_{cell}"));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            $"SELECT `key`, LEFT(value, 40), CHAR_LENGTH(value), deleted FROM instance_system_metadata WHERE instance_uuid = '{uuid}' AND `key` LIKE 'password%' ORDER BY `key`, id";
        await using var row = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await row.ReadAsync())
        {
            rows.Add(
                string.Join(
                    '|',
                    Enumerable.Range(0, 4).Select(i => Convert.ToString(row.GetValue(i), CultureInfo.InvariantCulture))
                )
            );
        }
        // As the client printed it whose output is recorded.
        return [.. rows.Select(text => text.Replace("\0", @"\0"))];
    }

    public async ValueTask DisposeAsync()
    {
        if (_all.Requests > 0)
        {
            Console.WriteLine($"reference: {_all}; {Seeds.Count} random seeds");
        }
        foreach (var started in _started)
        {
            await started.DisposeAsync();
        }
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    string NovaConf(string prefix, (string Option, string? Value)[] changes)
    {
        var target = $"http://127.0.0.1:{_vendorDataPort}";
        var options = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["api.metadata_cache_expiration"] = "15",
            ["api.vendordata_providers"] = "StaticJSON,DynamicJSON",
            ["api.vendordata_jsonfile_path"] = Path.Combine(AppContext.BaseDirectory, "data", "vendordata.json"),
            ["api.vendordata_dynamic_targets"] =
                $"dyn@{target}/dyn,static@{target}/clash,fail@{target}/fail500,nojson@{target}/nojson,empty@{target}/empty,dyn@{target}/duplicate,nameless-target",
            ["api_database.connection"] = _server.Url(prefix + "nova_api"),
            ["database.connection"] = _server.Url(prefix + "nova_cell1"),
            ["neutron.service_metadata_proxy"] = "true",
            ["neutron.metadata_proxy_shared_secret"] = Secret,
            ["neutron.auth_url"] = $"http://127.0.0.1:{_neutronPort}/v3",
            ["neutron.auth_type"] = "password",
            ["neutron.username"] = "nova",
            ["neutron.password"] = "any",
            ["neutron.project_name"] = "service",
            ["neutron.user_domain_id"] = "default",
            ["neutron.project_domain_id"] = "default",
            ["neutron.region_name"] = "RegionOne",
        };
        foreach (var (option, value) in changes)
        {
            options[option] = value?.Replace("{target}", target);
        }
        return string.Concat(
            options
                .Where(option => option.Value is not null)
                .Select(option => (Group: option.Key.Split('.')[0], Name: option.Key.Split('.')[1], option.Value))
                .GroupBy(option => option.Group)
                .Select(group =>
                    $"[{group.Key}]\n{string.Concat(group.Select(option => $"{option.Name} = {option.Value}\n"))}"
                )
        );
    }
}

/// <summary>Our API while it runs.</summary>
sealed record RunningApi(NovaHop Hop, EndPoint Address) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Hop.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class ReferenceCollection : ICollectionFixture<ReferenceCloud>
{
    public const string Name = "reference";
}
