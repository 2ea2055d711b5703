namespace Stackmeta.OpenStack.Tests;

/// <summary>nova.conf as a whole: what it turns into, and what is said of each line.</summary>
public sealed class NovaConfigurationTests
{
    const string Usual = """
        [DEFAULT]
        transport_url = rabbit://nova:mq-secret@rabbit/
        state_path = /srv/nova
        my_ip = 10.0.0.1
        metadata_listen = $my_ip
        [api]
        auth_strategy = keystone
        vendordata_providers = StaticJSON, DynamicJSON
        vendordata_jsonfile_path = $state_path/vendor.json
        vendordata_dynamic_targets = a@http://a/x,b@https://b/y@z
        [api_database]
        connection = mysql+pymysql://nova:db-secret@db/nova_api?charset=utf8
        max_pool_size = 10
        max_overflow = 5
        [database]
        connection = mysql+pymysql://nova:db-secret@db/nova
        connection_parameters = ssl_ca=/etc/ca.pem
        [neutron]
        service_metadata_proxy = True
        metadata_proxy_shared_secret = agent-secret
        auth_type = password
        auth_url = https://keystone:5000
        username = nova
        password = neutron-secret
        project_name = service
        user_domain_name = Default
        project_domain_name = Default
        region_name = RegionOne
        cafile = /etc/ssl/ca.pem
        timeout = 2
        [vendordata_dynamic_auth]
        auth_type = v3applicationcredential
        auth_url = https://keystone:5000/v3
        application_credential_id = credential
        application_credential_secret = credential-secret
        [libvirt]
        virt_type = kvm
        """;

    [Fact]
    public void A_usual_file_is_understood()
    {
        var nova = Read(Usual);
        Assert.Equal("10.0.0.1", nova.Listen.Address);
        Assert.Equal(8775, nova.Listen.Port);
        Assert.Equal(TimeSpan.FromSeconds(15), nova.CacheExpiration);
        Assert.Equal("novalocal", nova.DhcpDomain);
        Assert.Equal("/srv/nova/vendor.json", nova.VendorData.StaticFile);
        Assert.Equal(["a@http://a/x", "b@https://b/y@z"], nova.VendorData.DynamicTargets);
        Assert.Equal("credential", nova.VendorData.Credentials!.ApplicationCredentialId);
        Assert.Equal(15, nova.Databases.ApiPool.MaximumConnections);
        Assert.Equal("ssl_ca", Assert.Single(nova.Databases.CellDatabase!.Parameters).Key);
        Assert.True(nova.ServiceMetadataProxy);
        Assert.True(nova.InjectsNetworkTemplate);
        Assert.Equal("agent-secret", nova.SharedSecret);
        Assert.Equal("RegionOne", nova.Neutron.Endpoint.RegionName);
        Assert.Equal(TimeSpan.FromSeconds(2), nova.Neutron.Deadline);
        Assert.Equal("/etc/ssl/ca.pem", nova.NeutronCredentials!.Tls.AuthorityFile);
        Assert.Equal("Default", nova.NeutronCredentials.UserDomainName);
    }

    [Fact]
    public void Every_line_is_judged_and_no_secret_is_shown()
    {
        var report = Read(Usual).Report;
        Assert.DoesNotContain(report, finding => finding.Verdict == OptionVerdict.NotSupported);
        Assert.Equal(
            Usual.Split('\n').Count(line => line.Contains('=') && !line.TrimStart().StartsWith('[')),
            report.Length
        );
        Assert.Equal(
            ["transport_url", "state_path", "my_ip", "auth_strategy", "virt_type"],
            report.Where(finding => finding.Verdict == OptionVerdict.Irrelevant).Select(finding => finding.Name)
        );
        Assert.DoesNotContain(
            report,
            finding => finding.ToString().Contains("secret@") || finding.Reason.Contains("-secret")
        );
        Assert.DoesNotContain(
            "secret",
            Read(Usual).ToString() + Read(Usual).Databases + Read(Usual).NeutronCredentials
        );
    }

    [Theory]
    [InlineData("[DEFAULT]\ninjected_network_template = /etc/nova/mine.template", "injected_network_template")]
    [InlineData("[neutron]\nauth_type = v3oidcpassword", "auth_type")]
    [InlineData("[database]\nconnection = oracle://nova:pw@db/nova", "connection")]
    [InlineData("[api_database]\nconnection = mysql+pymysql://u:p@h/d?init_command=x", "connection")]
    [InlineData("[neutron]\ntrust_id = t", "trust_id")]
    [InlineData("[api]\ndhcp_domain = $nowhere", "dhcp_domain")]
    public void What_cannot_be_honoured_is_named(string text, string option)
    {
        var finding = NovaConfiguration.Check(OsloConfiguration.Of([("nova.conf", text)])).Single();
        Assert.Equal(
            (OptionVerdict.NotSupported, option, "nova.conf:2"),
            (finding.Verdict, finding.Name, finding.Place.ToString())
        );
    }

    [Fact]
    public void All_that_is_wrong_is_said_at_once_without_secrets()
    {
        var error = Assert.Throws<ConfigurationException>(() =>
            Read(
                """
                [api]
                metadata_cache_expiration = soon
                vendordata_dynamic_connect_timeout = 1
                vendordata_providers = StaticXML
                [database]
                connection = sqlite:///x?hunter2
                [neutron]
                auth_type = token
                service_metadata_proxy = perhaps
                """
            )
        );
        Assert.Equal(7, error.Message.Split('\n').Length);
        Assert.Contains("nova.conf:2: [api] metadata_cache_expiration: 'soon' is not a whole number", error.Message);
        Assert.Contains(
            "nova.conf:6: [database] connection: the value cannot be used: the dialect 'sqlite'",
            error.Message
        );
        // What no file sets stands at no place.
        Assert.Contains("\n[api_database] connection: the value is needed", "\n" + error.Message);
        Assert.DoesNotContain("hunter2", error.Message);
    }

    [Fact]
    public void Old_names_still_work()
    {
        var nova = Read(
            Usual.Replace(
                "[DEFAULT]",
                "[DEFAULT]\ndhcp_domain = old.example\nenabled_ssl_apis = metadata\nssl_cert_file = /c.pem\nssl_key_file = /k.pem"
            )
        );
        Assert.Equal("old.example", nova.DhcpDomain);
        Assert.Equal(("/c.pem", "/k.pem"), (nova.Listen.CertificateFile, nova.Listen.KeyFile));
    }

    [Fact]
    public void A_service_of_one_cell_needs_no_api_database()
    {
        var nova = Read("[api]\nlocal_metadata_per_cell = true\n[database]\nconnection = postgresql://n:p@db/nova");
        Assert.Null(nova.Databases.ApiDatabase);
        Assert.Equal(DatabaseKind.PostgreSql, nova.Databases.CellDatabase!.Kind);
    }

    [Fact]
    public void The_agents_files_are_understood()
    {
        var agent = AgentConfiguration.Read(
            OsloConfiguration.Of([
                (
                    "neutron.conf",
                    "[DEFAULT]\nstate_path = /srv/neutron\n[keystone_authtoken]\nauth_type = password\nauth_url = http://k:5000\nusername = neutron\npassword = p\nproject_name = service"
                ),
                (
                    "metadata_agent.ini",
                    "[DEFAULT]\nnova_metadata_ip = 2001:db8::1\nnova_metadata_protocol = https\nmetadata_proxy_shared_secret = s\nnova_client_cert = /only-one.pem\nmetadata_backlog = 128"
                ),
            ])
        );
        Assert.Equal("/srv/neutron/metadata_proxy", agent.Socket);
        Assert.Equal("https://[2001:db8::1]:8775/", agent.NovaUrl.AbsoluteUri);
        Assert.Null(agent.NovaTls.CertificateFile);
        Assert.Equal((128, "s", "deduce"), (agent.Backlog, agent.SharedSecret, agent.SocketMode));
        Assert.Equal("neutron", agent.Credentials!.Username);
        Assert.Null(agent.Database);
    }

    static NovaConfiguration Read(string text) => NovaConfiguration.Read(OsloConfiguration.Of([("nova.conf", text)]));
}
