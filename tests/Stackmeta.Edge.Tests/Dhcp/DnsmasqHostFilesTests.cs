using System.Net;
using CsCheck;

namespace Stackmeta.Edge.Tests;

/// <summary>The lines for ports (spec/neutron-metadata.md §2.4).</summary>
public sealed class DnsmasqHostFilesTests
{
    [Fact]
    public void A_port_has_a_line_in_each_file()
    {
        var network = Networks.Isolated(
            Networks.Host(1, "10.0.0.70"),
            Networks.Host(2, "10.0.0.71") with
            {
                HostName = "web",
            }
        );
        Assert.Equal(
            "fa:16:3e:00:00:01,host-10-0-0-70.openstacklocal,10.0.0.70\nfa:16:3e:00:00:02,web.openstacklocal,10.0.0.71\n",
            DnsmasqHostFiles.Hosts(network)
        );
        Assert.Equal(
            "10.0.0.70\thost-10-0-0-70.openstacklocal host-10-0-0-70\n10.0.0.71\tweb.openstacklocal web\n",
            DnsmasqHostFiles.AdditionalHosts(network)
        );
        Assert.Equal(
            "0 fa:16:3e:00:00:01 10.0.0.70 * *\n0 fa:16:3e:00:00:02 10.0.0.71 * *\n",
            DnsmasqHostFiles.InitialLeases(network, "")
        );
    }

    [Fact]
    public void Stateful_IPv6_addresses_share_a_line_and_SLAAC_ones_have_none()
    {
        var stateful = Networks.Subnet("2001:db8::/64", null, "2001:db8::2") with
        {
            Ipv6AddressMode = Ipv6AddressMode.Dhcpv6Stateful,
        };
        var slaac = Networks.Subnet("2001:db8:1::/64", null, "2001:db8:1::2") with
        {
            Ipv6AddressMode = Ipv6AddressMode.Slaac,
        };
        var network = Networks.Of([stateful, slaac], Networks.Host(1, "2001:db8::5", "2001:db8::6", "2001:db8:1::5"));
        Assert.Equal(
            "fa:16:3e:00:00:01,tag:dhcpv6,host-2001-db8--5.openstacklocal,[2001:db8::5],[2001:db8::6]\n",
            DnsmasqHostFiles.Hosts(network)
        );
        Assert.Equal(3, DnsmasqHostFiles.AdditionalHosts(network).Count(c => c == '\n'));
    }

    [Fact]
    public void What_dnsmasq_wrote_about_IPv6_survives_a_restart()
    {
        const string Existing =
            "0 fa:16:3e:00:00:09 10.0.0.99 * *\nduid 00:01:00:01:2b\n86400 1234 2001:db8::5 host-a 00:01:00:01\n";
        Assert.Equal(
            "0 fa:16:3e:00:00:01 10.0.0.70 * *\nduid 00:01:00:01:2b\n86400 1234 2001:db8::5 host-a 00:01:00:01\n",
            DnsmasqHostFiles.InitialLeases(Networks.Isolated(Networks.Host(1, "10.0.0.70")), Existing)
        );
    }

    [Theory]
    [InlineData("web\ndhcp-script=/bin/sh")]
    [InlineData("web,10.0.0.99")]
    [InlineData("web 10.0.0.99")]
    [InlineData("web\t")]
    [InlineData("")]
    [InlineData("-web")]
    [InlineData("web..example")]
    [InlineData("wéb")]
    public void OSSA_2021_005_a_host_name_that_is_none_is_refused(string name)
    {
        var network = Networks.Isolated(Networks.Host(1, "10.0.0.70") with { HostName = name });
        Assert.Contains("host name of port", NetworkValidation.Check(network));
        Assert.Contains(
            "DNS domain",
            NetworkValidation.Check(Networks.Isolated() with { DnsDomain = name.Length > 0 ? name : "." })
        );
    }

    /// <summary>Read back as dnsmasq reads it, a file says what went in, whatever the names are.</summary>
    [Fact]
    public void OSSA_2021_005_what_passes_the_check_is_read_back_unchanged() =>
        Gen.Select(Gen.String, Gen.Byte[67, 126].Select(last => $"10.0.0.{last}"))
            .List[0, 6]
            .Sample(hosts =>
            {
                var network = Networks.Isolated([
                    .. hosts.Select(
                        (host, index) => Networks.Host((byte)index, host.Item2) with { HostName = host.Item1 }
                    ),
                ]);
                if (NetworkValidation.Check(network) is not null)
                {
                    return;
                }
                var lines = DnsmasqHostFiles.Hosts(network).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                Assert.Equal(
                    network.Hosts.Select(host =>
                        (MacAddress.ToText(host.Mac), $"{host.HostName}.openstacklocal", host.Addresses[0])
                    ),
                    lines
                        .Select(line => line.Split(','))
                        .Select(fields =>
                            (fields[0], fields[1], fields.Length == 3 ? IPAddress.Parse(fields[2]) : null!)
                        )
                );
            });
}
