using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;

namespace Stackmeta.Edge.Tests;

/// <summary>Networks for tests. Ids are new each time, so tests may run beside each other on one machine.</summary>
static class Networks
{
    public static readonly Guid SubnetId = Guid.Parse("dddddddd-dddd-dddd-dddd-dddddddddddd");

    /// <summary>The demonstration's network: 10.0.0.64/26, gateway .65 that is no router, DHCP .66.</summary>
    public static EdgeNetwork Isolated(params EdgeHost[] hosts) =>
        Of([Subnet("10.0.0.64/26", "10.0.0.65", "10.0.0.66")], hosts);

    public static EdgeNetwork Of(ImmutableArray<EdgeSubnet> subnets, params EdgeHost[] hosts) =>
        new(Guid.NewGuid(), 1450, "openstacklocal", subnets, new(Guid.NewGuid(), Mac(0xd0)), [.. hosts]);

    public static EdgeSubnet Subnet(string cidr, string? gateway, string? dhcp) =>
        new()
        {
            Id = SubnetId,
            Cidr = IPNetwork.Parse(cidr),
            Gateway = gateway is null ? null : IPAddress.Parse(gateway),
            DhcpAddress = dhcp is null ? null : IPAddress.Parse(dhcp),
        };

    public static EdgeHost Host(byte number, params string[] addresses) =>
        new(Guid.NewGuid(), Mac(number), [.. addresses.Select(IPAddress.Parse)], null);

    public static PhysicalAddress Mac(byte number) => new([0xfa, 0x16, 0x3e, 0x00, 0x00, number]);
}
