namespace Stackmeta.Edge.Tests;

/// <summary>haproxy's file (spec/neutron-metadata.md §1.2).</summary>
public sealed class HaproxyConfigurationTests
{
    [Fact]
    public void The_file_is_Neutrons_with_all_identity_headers_removed()
    {
        var id = Guid.Parse("11111111-2222-3333-4444-555555555555");
        var text = HaproxyConfiguration.Render(
            id,
            ("X-Neutron-Network-ID", id),
            ["169.254.169.254:80", "[fe80::a9fe:a9fe]:80 interface tap3b66c176-19"],
            "/run/x/metadata_proxy"
        );
        Assert.Equal(
            """
            global
                log         stdout format raw local0 info
                log-tag     haproxy-metadata-proxy-11111111-2222-3333-4444-555555555555
                maxconn     1024
                nbthread    2

            defaults
                log global
                mode http
                option httplog
                option dontlognull
                option http-server-close
                option forwardfor
                retries                 3
                timeout http-request    30s
                timeout connect         30s
                timeout client          32s
                timeout server          32s
                timeout http-keep-alive 30s

            listen listener
                bind 169.254.169.254:80
                bind [fe80::a9fe:a9fe]:80 interface tap3b66c176-19

                stick-table type ipv6 size 8k expire 60s store conn_cur
                tcp-request connection track-sc0 src
                tcp-request connection reject if { sc0_conn_cur gt 128 }
                tcp-request connection reject if { fe_conn gt 256 } { sc0_conn_cur gt 16 }
                tcp-request connection reject if { fe_conn gt 512 } { sc0_conn_cur gt 4 }
                tcp-request connection reject if { fe_conn gt 768 } { sc0_conn_cur gt 1 }

                server metadata /run/x/metadata_proxy

                http-request del-header ^x[-_]neutron[-_]network[-_]id$ -m reg
                http-request del-header ^x[-_]neutron[-_]router[-_]id$ -m reg
                http-request del-header ^x[-_]ovn[-_]network[-_]id$ -m reg
                http-request del-header ^x[-_]forwarded[-_]for$ -m reg
                http-request del-header ^x[-_]stackmeta[-_]client[-_]mac$ -m reg
                http-request del-header ^x[-_]stackmeta[-_]port$ -m reg
                http-request del-header ^x[-_]instance[-_]id$ -m reg
                http-request del-header ^x[-_]instance[-_]id[-_]signature$ -m reg
                http-request del-header ^x[-_]tenant[-_]id$ -m reg
                http-request del-header ^x[-_]metadata[-_]provider$ -m reg
                http-request del-header ^x[-_]metadata[-_]provider[-_]signature$ -m reg
                http-request set-header X-Neutron-Network-ID 11111111-2222-3333-4444-555555555555

            """,
            text
        );
    }

    [Theory]
    [InlineData("/run/a b")]
    [InlineData("/run/a\n    user root")]
    [InlineData("/run/#a")]
    [InlineData("relative")]
    public void A_socket_path_that_haproxy_would_read_otherwise_is_refused(string path) =>
        Assert.Throws<EdgeException>(() =>
            HaproxyConfiguration.Render(Guid.Empty, ("X-Neutron-Network-ID", Guid.Empty), [], path)
        );
}
