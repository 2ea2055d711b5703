using Stackmeta.OpenStack.Tests;

namespace Stackmeta.Reference.Tests;

/// <summary>Everything that a real nova-api-metadata was asked, asked of ours: the same answers, or a difference that has a name.</summary>
[Collection(ReferenceCollection.Name)]
public sealed class NovaReplayTests(ReferenceCloud cloud)
{
    [Fact]
    public async Task Every_instance_is_told_what_nova_told_it()
    {
        Skip();
        await using var api = await cloud.StartAsync();
        await ExpectAsync(api, Recordings(name => !name.StartsWith('_')));
    }

    [Fact]
    public async Task On_postgresql_every_instance_is_told_the_same()
    {
        Skip();
        Assert.SkipWhen(PostgreSqlServer.Missing is not null, PostgreSqlServer.Missing ?? "");
        await using var server = new PostgreSqlServer();
        await server.InitializeAsync();
        await cloud.CopyToAsync(server);
        await using var api = await cloud.StartOnPostgreSqlAsync(server);
        await ExpectAsync(api, Recordings(name => !name.StartsWith('_')));
    }

    [Fact]
    public async Task With_neutrons_database_instead_of_its_api_every_instance_is_told_the_same()
    {
        Skip();
        await using var api = await cloud.StartBesideNeutronDatabaseAsync();
        await ExpectAsync(api, Recordings(name => !name.StartsWith('_')));
    }

    [Fact]
    public async Task Headers_signatures_and_raw_requests_are_judged_as_by_nova()
    {
        Skip();
        await using var api = await cloud.StartAsync();
        await ExpectAsync(api, Recordings(name => name == "_protocol"));
    }

    /// <summary>
    /// It answers a crash with an empty 500, and was recorded after the password sequences; where it differs from uWSGI, ours is as uWSGI.
    /// </summary>
    [Fact]
    public async Task Novas_eventlet_server_says_the_same_or_disagrees_with_uwsgi()
    {
        Skip();
        await using var api = await cloud.StartAsync();
        await ExpectAsync(api, Recordings(name => name.StartsWith("_eventlet", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Passwords_are_set_once_and_stored_as_nova_stores_them()
    {
        Skip();
        await using var uncached = await cloud.StartOnAsync(
            ReferenceCloud.WritablePrefix,
            ("api.metadata_cache_expiration", "0")
        );
        await ExpectAsync(uncached, Recordings(name => name.StartsWith("_password:", StringComparison.Ordinal)));
        await using var cached = await cloud.StartOnAsync(ReferenceCloud.WritablePrefix);
        await ExpectAsync(cached, Recordings(name => name.StartsWith("_password-cached:", StringComparison.Ordinal)));
    }

    static readonly Dictionary<string, (string, string?)[]> Variants = new(StringComparer.Ordinal)
    {
        ["default-vendordata"] =
        [
            ("api.vendordata_providers", null),
            ("api.vendordata_jsonfile_path", null),
            ("api.vendordata_dynamic_targets", null),
        ],
        ["no-vendordata-providers"] = [("api.vendordata_providers", ""), ("api.vendordata_jsonfile_path", null)],
        ["empty-dhcp-domain"] = [("api.dhcp_domain", "")],
        ["other-dhcp-domain"] = [("api.dhcp_domain", "cloud.example.org")],
        ["local-metadata-per-cell"] = [("api.local_metadata_per_cell", "true")],
        ["vendordata-fatal"] =
        [
            ("api.vendordata_dynamic_failure_fatal", "true"),
            ("api.vendordata_dynamic_targets", "dyn@{target}/dyn,fail@{target}/fail500"),
        ],
        ["vendordata-fatal-nojson"] =
        [
            ("api.vendordata_dynamic_failure_fatal", "true"),
            ("api.vendordata_providers", "DynamicJSON"),
            ("api.vendordata_jsonfile_path", null),
            ("api.vendordata_dynamic_targets", "nojson@{target}/nojson"),
        ],
        ["vendordata-list-and-down"] =
        [
            ("api.vendordata_dynamic_read_timeout", "2"),
            ("api.vendordata_providers", "DynamicJSON,StaticJSON"),
            ("api.vendordata_jsonfile_path", null),
            ("api.vendordata_dynamic_targets", "l@{target}/list,down@http://127.0.0.1:1/x,slow@{target}/slow"),
        ],
        ["vendordata-missing-file"] =
        [
            ("api.vendordata_jsonfile_path", "/nonexistent/vendor.json"),
            ("api.vendordata_providers", null),
            ("api.vendordata_dynamic_targets", null),
        ],
        ["skip-flat-template"] = [("DEFAULT.injected_network_template", "")],
        ["direct-address"] = [("neutron.service_metadata_proxy", "false"), ("api.use_forwarded_for", "true")],
        ["direct-address-no-xff"] = [("neutron.service_metadata_proxy", "false")],
    };

    public static TheoryData<string> VariantNames => [.. Variants.Keys];

    [Theory]
    [MemberData(nameof(VariantNames))]
    public async Task With_other_settings_the_answers_change_as_novas_do(string variant)
    {
        Skip();
        await using var api = await cloud.StartAsync(Variants[variant]);
        await ExpectAsync(api, Recordings(name => name.StartsWith($"_variant-{variant}:", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_recorded_variant_is_replayed() =>
        Assert.Equal(
            Library
                .Instance.All.Where(recording => recording.IsVariant)
                .Select(recording => recording.Name.Split(':')[0]["_variant-".Length..])
                .Distinct()
                .Order(),
            Variants.Keys.Order()
        );

    static Recording[] Recordings(Func<string, bool> chooses)
    {
        Recording[] chosen = [.. Library.Instance.All.Where(recording => chooses(recording.Name))];
        Assert.NotEmpty(chosen);
        return chosen;
    }

    async Task ExpectAsync(RunningApi api, Recording[] recordings)
    {
        var replay = new Replay(api.Address, cloud.Seeds) { PasswordRows = cloud.PasswordRowsAsync };
        var all = new Verdicts();
        await Parallel.ForEachAsync(
            recordings,
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (recording, _) => all.Add(await replay.RunAsync(recording))
        );
        cloud.Count(all);
        TestContext.Current.TestOutputHelper?.WriteLine(all.ToString());
        Assert.True(all.Mismatches.Count == 0, $"{all}\n{string.Join('\n', all.Mismatches.Order().Take(40))}");
    }

    static void Skip() => Assert.SkipWhen(ReferenceCloud.Missing is not null, ReferenceCloud.Missing ?? "");
}
