using System.Net;
using Stackmeta.Inventory;

namespace Stackmeta.Tests;

/// <summary>What the edge is told of networks.</summary>
public sealed class EdgeNetworksTests
{
    const string Network = "11111111-1111-1111-1111-111111111111";
    const string Subnet = "22222222-2222-2222-2222-222222222222";
    const string Old = "33333333-3333-3333-3333-333333333333";

    [Fact]
    public void Addresses_that_a_guest_must_not_have_are_not_provided_though_the_store_holds_them()
    {
        var layout = new NetworkLayout(
            new NetworkEntry { Id = Network },
            [
                new SubnetEntry
                {
                    Id = Subnet,
                    NetworkId = Network,
                    Cidr = "10.0.0.0/24",
                    GatewayIp = "10.0.0.1",
                },
                new SubnetEntry
                {
                    Id = Old,
                    NetworkId = Network,
                    Cidr = "169.254.0.0/16",
                },
            ],
            [
                Port("44444444-4444-4444-4444-444444444444", DeviceOwners.Dhcp, (Subnet, "10.0.0.2")),
                Port(
                    "55555555-5555-5555-5555-555555555555",
                    DeviceOwners.Compute,
                    (Subnet, "10.0.0.1"),
                    (Subnet, "10.0.0.5"),
                    (Old, "169.254.169.254")
                ),
            ]
        );
        var network = Assert.Single(EdgeNetworks.Of([layout], ""));
        Assert.Equal([IPNetwork.Parse("10.0.0.0/24")], network.Subnets.Select(subnet => subnet.Cidr));
        Assert.Equal([IPAddress.Parse("10.0.0.5")], Assert.Single(network.Hosts).Addresses);
    }

    static PortLayout Port(string id, string owner, params (string Subnet, string Address)[] addresses) =>
        new(
            new PortEntry
            {
                Id = id,
                NetworkId = Network,
                DeviceOwner = owner,
                DeviceId = "66666666-6666-6666-6666-666666666666",
                MacAddress = $"fa:16:3e:00:00:{id[..2]}",
                FixedIps =
                [
                    .. addresses.Select(ip => new FixedIpEntry { SubnetId = ip.Subnet, IpAddress = ip.Address }),
                ],
            },
            null
        );
}
