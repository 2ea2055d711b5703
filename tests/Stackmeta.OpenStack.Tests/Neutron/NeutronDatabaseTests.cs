using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.OpenStack.Tests;

/// <summary>Ports from the recorded database of a real Neutron (spec/neutron-metadata.md §4.3).</summary>
[Collection(DatabaseCollection.Name)]
public sealed class NeutronDatabaseTests(MariaDbServer server, PostgreSqlServer postgreSql) : IAsyncLifetime
{
    readonly string _prefix = $"n{Guid.NewGuid():N}_"[..8];

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(MariaDbServer.Missing is not null, MariaDbServer.Missing ?? "");
        await server.LoadAsync(_prefix + "neutron", Path.Combine(RecordedNova.Folder, "neutron.sql.gz"));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("10.10.0.11", "afc01aa3-f611-54a8-9ab3-f9fa2466ada0")]
    [InlineData("fd00:a::f816:3eff:fe00:11", "afc01aa3-f611-54a8-9ab3-f9fa2466ada0")]
    [InlineData("fe80::f816:3eff:fe00:11", "afc01aa3-f611-54a8-9ab3-f9fa2466ada0")]
    [InlineData("10.10.0.12", "d38d994c-96ec-569d-b507-70cff3b98a43")]
    [InlineData("10.10.0.250", null)]
    public async Task A_port_is_found_by_network(string address, string? device)
    {
        var network = (string)
            (await server.ScalarAsync(_prefix + "neutron", "SELECT id FROM networks WHERE name = 'net-a'"))!;
        await using var directory = Directory();
        var answer = await directory.FindPortAsync(new(NetworkScopeKind.Network, network), Address(address), default);
        Assert.Equal(device, answer.Port?.DeviceId);
        Assert.Equal(device is null ? Refusal.PortNotFound : Refusal.None, answer.Refusal);
    }

    [Fact]
    public async Task Every_network_and_router_has_as_a_whole_what_each_guest_gets_alone()
    {
        await using var directory = Directory();
        var addresses = 0;
        foreach (var scope in await ScopesAsync())
        {
            foreach (var (address, answer) in (await directory.FindPortsAsync(scope, default))!)
            {
                Assert.Equal(answer, await directory.FindPortAsync(scope, address, default));
                addresses++;
            }
        }
        Assert.InRange(addresses, 60, 1000);
    }

    [Fact]
    public async Task On_postgresql_everybody_gets_the_same()
    {
        Assert.SkipWhen(PostgreSqlServer.Missing is not null, PostgreSqlServer.Missing ?? "");
        await PostgreSqlCopy.CopyNeutronAsync(server, postgreSql, _prefix + "neutron");
        await using var there = Directory();
        await using var here = Directory(postgreSql.Url(_prefix + "neutron", "reader"));
        var addresses = 0;
        foreach (var scope in await ScopesAsync())
        {
            var whole = (await here.FindPortsAsync(scope, default))!;
            Assert.Equal((await there.FindPortsAsync(scope, default))!.OrderBy(Text), whole.OrderBy(Text));
            foreach (var (address, answer) in whole)
            {
                Assert.Equal(answer, await here.FindPortAsync(scope, address, default));
                addresses++;
            }
            Assert.Equal(
                Refusal.PortNotFound,
                (await here.FindPortAsync(scope, Address("192.0.2.1"), default)).Refusal
            );
        }
        Assert.InRange(addresses, 60, 1000);
        var nowhere = new NetworkScope(NetworkScopeKind.Router, "no-such-router");
        Assert.Equal(Refusal.PortNotFound, (await here.FindPortAsync(nowhere, Address("10.10.0.11"), default)).Refusal);
        Assert.Empty((await here.FindPortsAsync(nowhere, default))!);

        static string Text(KeyValuePair<GuestAddress, PortAnswer> entry) => entry.Key.Text;
    }

    [Fact]
    public async Task A_look_up_is_one_query_by_network_and_by_router_and_so_is_a_whole_network()
    {
        await using var directory = Directory();
        var scopes = await ScopesAsync();
        // The first has a connection made.
        await directory.FindPortAsync(scopes[0], Address("10.10.0.11"), default);
        var earlier = await CountAsync();
        var before = await CountAsync();
        foreach (var scope in scopes)
        {
            await directory.FindPortAsync(scope, Address("10.10.0.11"), default);
            await directory.FindPortAsync(scope, Address("fe80::f816:3eff:fe00:11"), default);
            await directory.FindPortsAsync(scope, default);
        }
        // Counting counts, too.
        Assert.Equal(3 * scopes.Length, await CountAsync() - before - (before - earlier));
        Assert.Contains(scopes, scope => scope.Kind == NetworkScopeKind.Router);

        async Task<long> CountAsync() =>
            long.Parse(
                (string)
                    (
                        await server.ScalarAsync(
                            "",
                            "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'QUESTIONS'"
                        )
                    )!
            );
    }

    [Fact]
    public async Task A_port_is_found_by_router_and_a_router_without_interfaces_finds_nobody()
    {
        const string Sql =
            "SELECT CONCAT(r.device_id, ' ', a.ip_address, ' ', p.device_id) FROM ports r JOIN ports p ON p.network_id = r.network_id "
            + "JOIN ipallocations a ON a.port_id = p.id WHERE r.device_owner = 'network:router_interface' AND p.device_owner LIKE 'compute:%' LIMIT 1";
        var found = ((string)(await server.ScalarAsync(_prefix + "neutron", Sql))!).Split(' ');
        await using var directory = Directory();
        var answer = await directory.FindPortAsync(new(NetworkScopeKind.Router, found[0]), Address(found[1]), default);
        Assert.Equal(found[2], answer.Port?.DeviceId);
        var nobody = await directory.FindPortAsync(
            new(NetworkScopeKind.Router, "no-such-router"),
            Address(found[1]),
            default
        );
        Assert.Equal(Refusal.PortNotFound, nobody.Refusal);
    }

    [Fact]
    public async Task A_port_has_the_macs_of_its_allowed_address_pairs_too()
    {
        await server.ExecuteAsync(
            _prefix + "neutron",
            """
            SET FOREIGN_KEY_CHECKS=0;
            INSERT INTO ports (id, network_id, mac_address, admin_state_up, status, device_id, device_owner, standard_attr_id)
            VALUES ('p1', 'n', 'FA:16:3E:00:01:05', 1, 'ACTIVE', 'd1', '', 900001);
            INSERT INTO ipallocations (port_id, ip_address, subnet_id, network_id)
            VALUES ('p1', '10.9.0.1', 's1', 'n'), ('p1', 'fd00::1', 's2', 'n');
            INSERT INTO allowedaddresspairs (port_id, mac_address, ip_address)
            VALUES ('p1', 'fa:16:3e:00:01:05', '10.9.0.7'), ('p1', 'FA:16:3E:00:01:02', '10.9.0.8'), ('p1', 'fa16.3e00.0101', '10.9.0.9');
            """
        );
        await using var directory = Directory();
        var scope = new NetworkScope(NetworkScopeKind.Network, "n");
        var whole = (await directory.FindPortsAsync(scope, default))!;
        Assert.Equal(3, whole.Count);
        foreach (var (address, answer) in whole)
        {
            Assert.Equal(
                ["fa:16:3e:00:01:05", "fa:16:3e:00:01:01", "fa:16:3e:00:01:02"],
                answer.Port!.MacAddresses.Select(mac => mac.ToString())
            );
            Assert.Equal(answer, await directory.FindPortAsync(scope, address, default));
        }
    }

    [Fact]
    public async Task Two_ports_with_the_address_are_nobody_and_so_is_one_without_a_device()
    {
        await server.ExecuteAsync(
            _prefix + "neutron",
            """
            SET FOREIGN_KEY_CHECKS=0;
            INSERT INTO ports (id, network_id, mac_address, admin_state_up, status, device_id, device_owner, standard_attr_id)
            VALUES ('p1', 'n', 'fa:16:3e:00:01:01', 1, 'ACTIVE', 'd1', '', 900001), ('p2', 'n', 'fa:16:3e:00:01:02', 1, 'ACTIVE', 'd2', '', 900002),
                   ('p3', 'n', 'fa:16:3e:00:01:03', 1, 'ACTIVE', '', '', 900003);
            INSERT INTO ipallocations (port_id, ip_address, subnet_id, network_id)
            VALUES ('p1', '10.9.0.1', 's1', 'n'), ('p2', '10.9.0.1', 's2', 'n'), ('p3', '10.9.0.3', 's1', 'n');
            """
        );
        await using var directory = Directory();
        var scope = new NetworkScope(NetworkScopeKind.Network, "n");
        Assert.Equal(
            Refusal.PortAmbiguous,
            (await directory.FindPortAsync(scope, Address("10.9.0.1"), default)).Refusal
        );
        Assert.Equal(
            Refusal.PortWithoutDevice,
            (await directory.FindPortAsync(scope, Address("10.9.0.3"), default)).Refusal
        );
    }

    [Fact]
    public async Task Without_its_tables_the_directory_is_unavailable()
    {
        await server.ExecuteAsync("", $"DROP DATABASE {_prefix}neutron");
        await using var directory = Directory();
        var answer = await directory.FindPortAsync(new(NetworkScopeKind.Network, "n"), Address("10.9.0.1"), default);
        Assert.Equal(Refusal.PortDirectoryUnavailable, answer.Refusal);
    }

    [Fact]
    public async Task Names_of_security_groups_come_in_the_order_of_ports_and_groups_with_repetitions()
    {
        await using var names = Names(DatabaseOptions());
        // As the recorded Nova told this instance of two ports, one of whose groups has no name.
        Assert.Equal(
            ["default", "db ünï \"q\"", "web", "27933a08-6e98-48b5-af0c-56a1426e7c85", "web"],
            (await names.FindNamesAsync("ed4fcee9-6fd0-5016-a7db-8da7f614939a", default)).Names
        );
        var nobody = await names.FindNamesAsync("no-such-instance", default);
        Assert.Equal(Refusal.None, nobody.Refusal);
        Assert.Empty(nobody.Names);
    }

    [Fact]
    public async Task While_the_database_cannot_be_read_the_api_is_asked_for_names()
    {
        await using var cloud = new FakeCloud
        {
            Neutron = request =>
                (
                    200,
                    request.Url!.AbsolutePath.EndsWith("/ports", StringComparison.Ordinal)
                        ? """{"ports": [{"security_groups": ["a"]}]}"""
                        : """{"security_groups": [{"id": "a", "name": "web"}]}"""
                ),
        };
        var options = DatabaseOptions();
        await using (var names = Names(options, new NeutronSecurityGroupNames(cloud.Client())))
        {
            Assert.Empty((await names.FindNamesAsync("instance-1", default)).Names);
            Assert.Empty(cloud.Asked);
        }
        await server.ExecuteAsync("", $"DROP DATABASE {_prefix}neutron");
        await using var without = Names(options, new NeutronSecurityGroupNames(cloud.Client()));
        Assert.Equal(["web"], (await without.FindNamesAsync("instance-1", default)).Names);
        await using var alone = Names(options);
        Assert.Equal(Refusal.SecurityGroupsUnavailable, (await alone.FindNamesAsync("instance-1", default)).Refusal);
    }

    [Theory]
    [InlineData("[DEFAULT]\n", "[database] connection: the value is needed to read the names of security groups there")]
    [InlineData(
        "[database]\nconnection = sqlite:////var/lib/neutron/neutron.sqlite\n",
        "[database] connection: the value cannot be used: "
    )]
    public async Task A_neutron_conf_without_a_database_is_refused(string text, string reason)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, text);
        var refused = Assert.Throws<ConfigurationException>(() => NeutronDatabaseOptions.Read(file));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    NeutronDatabaseOptions DatabaseOptions() =>
        new() { Url = DatabaseUrl.Parse(server.Url(_prefix + "neutron", "reader")) };

    static NeutronDatabaseSecurityGroupNames Names(
        NeutronDatabaseOptions options,
        ISecurityGroupNames? otherwise = null
    ) => new(options, otherwise, NullLogger<NeutronDatabaseSecurityGroupNames>.Instance, TimeProvider.System);

    /// <summary>All networks, and all routers that are attached to some.</summary>
    async Task<NetworkScope[]> ScopesAsync()
    {
        const string Sql =
            "SELECT GROUP_CONCAT(DISTINCT scope) FROM (SELECT CONCAT('n', network_id) AS scope FROM ports "
            + "UNION SELECT CONCAT('r', device_id) FROM ports WHERE device_owner = 'network:router_interface') AS scopes";
        return
        [
            .. ((string)(await server.ScalarAsync(_prefix + "neutron", Sql))!)
                .Split(',')
                .Select(text => new NetworkScope(
                    text[0] == 'n' ? NetworkScopeKind.Network : NetworkScopeKind.Router,
                    text[1..]
                )),
        ];
    }

    NeutronDatabasePortDirectory Directory(string? url = null) =>
        new(
            DatabaseUrl.Parse(url ?? server.Url(_prefix + "neutron", "reader")),
            new(),
            TimeSpan.FromSeconds(4),
            NullLogger<NeutronDatabasePortDirectory>.Instance,
            TimeProvider.System
        );

    static GuestAddress Address(string text) =>
        GuestAddress.TryFrom(IPAddress.Parse(text), out var address) ? address : throw new FormatException();
}
