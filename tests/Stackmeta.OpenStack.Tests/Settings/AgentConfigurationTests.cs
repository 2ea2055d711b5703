namespace Stackmeta.OpenStack.Tests;

/// <summary>
/// Each option of neutron.conf and metadata_agent.ini that the real agent reads (spec/neutron-metadata.md §5): what it does here.
/// </summary>
public sealed class AgentConfigurationTests
{
    const string Credentials =
        "[keystone_authtoken]\nauth_type = password\nauth_url = http://k:5000\nusername = neutron\npassword = hunter-keystone\n";

    [Theory]
    [InlineData("state_path = /srv", "/srv/metadata_proxy")]
    [InlineData("metadata_proxy_socket = /run/proxy", "/run/proxy")]
    [InlineData("state_path = /srv\nmetadata_proxy_socket = $state_path/proxy", "/srv/proxy")]
    [InlineData("", "/var/lib/neutron/metadata_proxy")]
    public void The_socket(string lines, string expected) => Assert.Equal(expected, Read(lines).Socket);

    [Theory]
    [InlineData("", "deduce")]
    [InlineData("metadata_proxy_socket_mode = user", "user")]
    [InlineData("metadata_proxy_socket_mode = group", "group")]
    [InlineData("metadata_proxy_socket_mode = all", "all")]
    public void Its_mode(string lines, string expected) => Assert.Equal(expected, Read(lines).SocketMode);

    [Theory]
    [InlineData("", "", "")]
    [InlineData("metadata_proxy_user = haproxy\nmetadata_proxy_group = 65534", "haproxy", "65534")]
    public void Whom_the_proxies_run_as(string lines, string user, string group)
    {
        var agent = Read(lines);
        Assert.Equal((user, group), (agent.ProxyUser, agent.ProxyGroup));
    }

    [Theory]
    [InlineData("", 4096)]
    [InlineData("metadata_backlog = 1", 1)]
    public void Its_backlog(string lines, int expected) => Assert.Equal(expected, Read(lines).Backlog);

    [Theory]
    [InlineData("", "http://127.0.0.1:8775/")]
    [InlineData("nova_metadata_host = nova.example.org", "http://nova.example.org:8775/")]
    [InlineData("nova_metadata_ip = 10.0.0.1", "http://10.0.0.1:8775/")]
    [InlineData("nova_metadata_ip = 10.0.0.1\nnova_metadata_host = 10.0.0.2", "http://10.0.0.2:8775/")]
    [InlineData("nova_metadata_host = 2001:db8::1", "http://[2001:db8::1]:8775/")]
    [InlineData("nova_metadata_host = [2001:db8::1]", "http://[2001:db8::1]:8775/")]
    [InlineData("nova_metadata_port = 80", "http://127.0.0.1/")]
    [InlineData("nova_metadata_protocol = https\nnova_metadata_port = 1", "https://127.0.0.1:1/")]
    public void Where_nova_is(string lines, string expected) => Assert.Equal(expected, Read(lines).NovaUrl.AbsoluteUri);

    [Theory]
    [InlineData("", null, null, null, false)]
    [InlineData("auth_ca_cert = /ca.pem", "/ca.pem", null, null, false)]
    [InlineData("auth_ca_cert =", null, null, null, false)]
    [InlineData("nova_metadata_insecure = True", null, null, null, true)]
    [InlineData("nova_client_cert = /c.pem\nnova_client_priv_key = /c.key", null, "/c.pem", "/c.key", false)]
    [InlineData("nova_client_cert = /c.pem", null, null, null, false)]
    [InlineData("nova_client_priv_key = /c.key", null, null, null, false)]
    public void How_nova_is_spoken_to_over_tls(
        string lines,
        string? authorities,
        string? certificate,
        string? key,
        bool isInsecure
    )
    {
        var tls = Read(lines).NovaTls;
        Assert.Equal(
            (authorities, certificate, key, isInsecure),
            (tls.AuthorityFile, tls.CertificateFile, tls.KeyFile, tls.IsInsecure)
        );
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("metadata_proxy_shared_secret = s3cret", "s3cret")]
    // Whatever it is, it is the same bytes on both sides.
    [InlineData("metadata_proxy_shared_secret = a b = c", "a b = c")]
    public void The_secret(string lines, string expected) => Assert.Equal(expected, Read(lines).SharedSecret);

    [Fact]
    public void Who_the_agent_is_towards_neutron_and_where_that_is()
    {
        var agent = Read(
            "",
            """
            [keystone_authtoken]
            auth_type = v3applicationcredential
            auth_url = https://k:5000/v3
            application_credential_id = id
            application_credential_secret = hunter-credential
            region_name = RegionTwo
            valid_interfaces = public,internalURL
            cafile = /ca.pem
            certfile = /c.pem
            keyfile = /c.key
            insecure = true
            timeout = 3
            """
        );
        var (credentials, neutron) = (agent.Credentials!, agent.Neutron);
        Assert.Equal(
            ("id", "hunter-credential", null),
            (
                credentials.ApplicationCredentialId,
                credentials.ApplicationCredentialSecret,
                (string?)credentials.Password
            )
        );
        Assert.Equal("RegionTwo", neutron.Endpoint.RegionName);
        Assert.Equal(["public", "internal"], neutron.Endpoint.Interfaces);
        foreach (var tls in (TlsOptions[])[credentials.Tls, neutron.Tls])
        {
            Assert.Equal(
                ("/ca.pem", "/c.pem", "/c.key", true),
                (tls.AuthorityFile, tls.CertificateFile, tls.KeyFile, tls.IsInsecure)
            );
        }
        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3)), (credentials.Deadline, neutron.Deadline));
    }

    [Fact]
    public void Neutrons_database()
    {
        var agent = Read(
            "",
            "[database]\nconnection = postgresql://neutron:hunter-db@db/neutron\nmax_pool_size = 3\nmax_overflow = 1"
        );
        Assert.Equal(DatabaseKind.PostgreSql, agent.Database!.Kind);
        Assert.Equal(4, agent.DatabasePool.MaximumConnections);
    }

    /// <summary>
    /// The rows of §5 that name metadata_agent.ini or all agents; the real agent's process model, RPC and cache have no effect here.
    /// </summary>
    [Theory]
    [InlineData("DEFAULT", "metadata_workers", "4")]
    [InlineData("DEFAULT", "rpc_response_timeout", "60")]
    [InlineData("DEFAULT", "rpc_response_max_timeout", "600")]
    [InlineData("DEFAULT", "transport_url", "rabbit://neutron:hunter-mq@mq/")]
    [InlineData("AGENT", "report_interval", "30")]
    [InlineData("AGENT", "log_agent_heartbeats", "false")]
    [InlineData("DEFAULT", "agent_down_time", "75")]
    [InlineData("cache", "enabled", "true")]
    [InlineData("cache", "backend", "dogpile.cache.memory")]
    [InlineData("cache", "expiration_time", "600")]
    public void What_has_no_effect_here_is_said_with_its_reason(string group, string name, string value)
    {
        var finding = Assert.Single(
            AgentConfiguration.Check(Files($"[{group}]\n{name} = {value}")),
            finding => finding.Name == name
        );
        Assert.Equal(OptionVerdict.Irrelevant, finding.Verdict);
        Assert.NotEqual("nothing that answers guests reads it", finding.Reason);
        Assert.DoesNotContain("hunter", finding.ToString());
    }

    [Fact]
    public void Every_option_of_the_real_agents_own_file_is_known()
    {
        string[] names =
        [
            "state_path",
            "metadata_proxy_socket",
            "metadata_proxy_user",
            "metadata_proxy_group",
            "auth_ca_cert",
            "nova_metadata_host",
            "nova_metadata_port",
            "metadata_proxy_shared_secret",
            "nova_metadata_protocol",
            "nova_metadata_insecure",
            "nova_client_cert",
            "nova_client_priv_key",
            "metadata_proxy_socket_mode",
            "metadata_backlog",
        ];
        var text = "[DEFAULT]\n" + string.Concat(names.Select(name => $"{name} = 1\n"));
        Assert.Equal(
            names.Select(name => (name, OptionVerdict.Honoured)),
            AgentConfiguration.Check(Files(text)).Select(finding => (finding.Name, finding.Verdict))
        );
    }

    /// <summary>Neither what is read nor what is wrong with it shows a secret.</summary>
    [Fact]
    public void No_secret_is_shown()
    {
        const string Secrets =
            "[DEFAULT]\nmetadata_proxy_shared_secret = hunter-shared\ntransport_url = rabbit://n:hunter-mq@mq/\n"
            + "[database]\nconnection = mysql+pymysql://neutron:hunter-db@db/neutron\n";
        var agent = AgentConfiguration.Read(Files(Credentials + Secrets));
        Assert.Equal("hunter-shared", agent.SharedSecret);
        Assert.DoesNotContain(
            "hunter",
            $"{agent} {agent.Credentials} {agent.Database} {agent.Neutron} {agent.NovaTls} {string.Join(' ', agent.Report)}"
        );
        var error = Assert.Throws<ConfigurationException>(() =>
            AgentConfiguration.Read(
                Files(Credentials.Replace("http://k:5000", "no-url") + Secrets + "[DEFAULT]\nmetadata_backlog = x")
            )
        );
        Assert.DoesNotContain("hunter", error.ToString());
    }

    static OsloConfiguration Files(string text) => OsloConfiguration.Of([("metadata_agent.ini", text)]);

    static AgentConfiguration Read(string lines, string more = Credentials) =>
        AgentConfiguration.Read(Files($"[DEFAULT]\n{lines}\n{more}"));
}
