using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Stackmeta.Edge;

/// <summary>dnsmasq's command line (spec/neutron-metadata.md §2.4; man dnsmasq).</summary>
static class DnsmasqArguments
{
    /// <summary>dnsmasq serves DHCPv6 on no smaller prefix length.</summary>
    const int SmallestIpv6Prefix = 64;

    public static ImmutableArray<string> For(EdgeNetwork network, EdgeOptions options, NetworkFiles files)
    {
        var device = DeviceNames.Tap(network.DhcpPort.Id);
        List<string> arguments =
        [
            // Supervised: in the foreground, logging to the pipe, and nothing else can end it by a stale pid file.
            "--keep-in-foreground",
            "--log-facility=-",
            "--pid-file",
            "--no-hosts",
            "--no-resolv",
            $"--dhcp-hostsfile={files.Hosts}",
            $"--addn-hosts={files.AdditionalHosts}",
            $"--dhcp-optsfile={files.Options}",
            $"--dhcp-leasefile={files.Leases}",
            "--dhcp-match=set:ipxe,175",
            "--dhcp-userclass=set:ipxe6,iPXE",
            // Option 57 tells the longest message that a client takes: 576, as if it had told none, or more (RFC 2132 §9.10).
            $"--dhcp-match=set:{DnsmasqText.LongMessages},57",
            $"--dhcp-match=set:{DnsmasqText.ShortMessages},57,02:40",
            "--local-service",
            "--bind-dynamic",
            $"--interface={device}",
        ];
        var leaseTime = options.DhcpLeaseDuration < 0 ? "infinite" : $"{options.DhcpLeaseDuration}s";
        var addresses = BigInteger.Zero;
        foreach (var subnet in network.Subnets)
        {
            if (RangeOf(subnet, network.RouterAdvertisements, leaseTime) is { } range)
            {
                arguments.Add($"--dhcp-range=set:{DnsmasqText.TagName(subnet)},{range}");
                addresses += BigInteger.One << ((subnet.IsIpv6 ? 128 : 32) - subnet.Cidr.PrefixLength);
            }
        }
        if (network.Mtu > 0)
        {
            arguments.Add($"--dhcp-option-force=option:mtu,{network.Mtu}");
        }
        arguments.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"--dhcp-lease-max={BigInteger.Min(addresses, options.DnsmasqLeaseMax)}"
            )
        );
        if (
            network.RouterAdvertisements && network.Subnets.Any(subnet => subnet is { IsIpv6: true, DhcpEnabled: true })
        )
        {
            // Lifetime 0: the prefixes are announced, but nobody routes here (RFC 4861 §6.2.1).
            arguments.AddRange(["--enable-ra", $"--ra-param={device},0,0"]);
        }
        arguments.AddRange(options.DnsmasqDnsServers.Select(server => $"--server={server}"));
        if (network.DnsDomain.Length > 0)
        {
            arguments.Add($"--domain={network.DnsDomain}");
        }
        arguments.Add("--conf-file=/dev/null");
        return [.. arguments];
    }

    /// <summary>Whether dnsmasq has anything to do for this network.</summary>
    public static bool IsNeeded(EdgeNetwork network) =>
        network.Subnets.Any(subnet =>
            subnet.DhcpAddress is not null && RangeOf(subnet, network.RouterAdvertisements, "") is not null
        );

    static string? RangeOf(EdgeSubnet subnet, bool advertise, string leaseTime)
    {
        if (!subnet.DhcpEnabled)
        {
            return null;
        }
        var (address, length) = (subnet.Cidr.BaseAddress, subnet.Cidr.PrefixLength);
        if (!subnet.IsIpv6)
        {
            return $"{address},static,{Netmask(length)},{leaseTime}";
        }
        if (length < SmallestIpv6Prefix)
        {
            return null;
        }
        var mode = (subnet.Ipv6AddressMode, advertise) switch
        {
            (Ipv6AddressMode.Slaac, false) => null,
            (Ipv6AddressMode.Slaac, true) => "ra-only",
            (Ipv6AddressMode.Dhcpv6Stateless, true) => "ra-stateless",
            _ => "static",
        };
        return mode is null ? null : $"{address},{mode},{length},{leaseTime}";
    }

    static string Netmask(int length)
    {
        var bits = length == 0 ? 0 : uint.MaxValue << (32 - length);
        return $"{bits >> 24}.{(bits >> 16) & 255}.{(bits >> 8) & 255}.{bits & 255}";
    }
}
