using Stackmeta.Tests.Support;

namespace Stackmeta.Edge.Tests;

/// <summary>The files that Neutron's agents write (spec/neutron-metadata.md §1.2).</summary>
public sealed class HaproxyFileTests
{
    const string Id = "5d6f3b66-c176-1989-4000-800000000001";

    [Theory]
    [InlineData(
        "bind 169.254.169.254:80",
        "http-request set-header X-Neutron-Network-ID",
        EdgeScopeKind.Network,
        "169.254.169.254:80"
    )]
    [InlineData(
        "bind 169.254.169.254:80\n    bind [fe80::a9fe:a9fe]:80 interface tap3b66c176-19",
        "http-request set-header X-Neutron-Network-ID",
        EdgeScopeKind.Network,
        "169.254.169.254:80 [fe80::a9fe:a9fe]:80"
    )]
    [InlineData(
        "bind fe80::a9fe:a9fe:80 interface tap1",
        "http-request set-header X-Neutron-Network-ID",
        EdgeScopeKind.Network,
        "[fe80::a9fe:a9fe]:80"
    )]
    [InlineData("bind :::9697", "http-request set-header X-Neutron-Router-ID", EdgeScopeKind.Router, "[::]:9697")]
    [InlineData(
        "bind 0.0.0.0:9697",
        "http-request set-header X-Neutron-Router-ID",
        EdgeScopeKind.Router,
        "0.0.0.0:9697"
    )]
    [InlineData("bind *:9697", "http-request set-header X-Neutron-Router-ID", EdgeScopeKind.Router, "0.0.0.0:9697")]
    [InlineData(
        "bind 169.254.169.254:80",
        "http-request add-header X-OVN-Network-ID",
        EdgeScopeKind.OvnNetwork,
        "169.254.169.254:80"
    )]
    public void What_each_agent_writes_is_understood(string binds, string rule, EdgeScopeKind kind, string expected)
    {
        var file = HaproxyFile.Parse(Text(binds, $"{rule} {Id}"));
        Assert.Equal(new(kind, Guid.Parse(Id)), file.Scope);
        Assert.Equal(expected, string.Join(' ', file.Binds));
        Assert.Equal($"/var/lib/neutron/external/pids/{Id}.pid.haproxy", file.PidFile);
    }

    [Theory]
    [InlineData(
        "bind 169.254.169.254",
        "http-request set-header X-Neutron-Network-ID " + Id,
        "line 28: no port to bind"
    )]
    [InlineData(
        "bind 169.254.169.254:0",
        "http-request set-header X-Neutron-Network-ID " + Id,
        "line 28: no port to bind"
    )]
    [InlineData(
        "bind host.example:80",
        "http-request set-header X-Neutron-Network-ID " + Id,
        "line 28: no address to bind"
    )]
    [InlineData("", "http-request set-header X-Neutron-Network-ID " + Id, "has no bind line")]
    [InlineData("bind *:80", "http-request set-header X-Neutron-Network-ID mine", "is no uuid")]
    [InlineData("bind *:80", "", "neither a network nor a router")]
    public void What_is_missing_or_wrong_is_named(string binds, string rule, string expected)
    {
        var error = Assert.Throws<EdgeException>(() => HaproxyFile.Parse(Text(binds, rule)));
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public void Our_own_file_is_one_too()
    {
        var id = Guid.Parse(Id);
        var file = HaproxyFile.Parse(
            HaproxyConfiguration.Render(id, ("X-Neutron-Router-ID", id), ["0.0.0.0:9697"], "/run/s")
        );
        Assert.Equal((EdgeScope.Router(id), null), (file.Scope, file.PidFile));
    }

    public static string Text(string binds, string rule) =>
        NeutronHaproxyFile.Render(
            binds.Split("\n    "),
            "/var/lib/neutron/metadata_proxy",
            ["http-request del-header X-Neutron-Router-ID", rule],
            (Id, "neutron", $"/var/lib/neutron/external/pids/{Id}.pid.haproxy")
        );
}
