using Stackmeta.Inventory;

namespace Stackmeta.Tests.Support.Rig;

/// <summary>What the inventory must hold for a <see cref="PlainNetwork"/>.</summary>
static class PlainGuests
{
    /// <summary>A network with the subnet 10.0.0.0/24, without DHCP, and an instance whose port has the guest's address.</summary>
    public static async Task<(string NetworkId, InstanceEntry Instance, string Mac)> CreateAsync(
        SqliteInventory inventory,
        string name,
        string networkId = ""
    )
    {
        var network = (
            await inventory.Networks.CreateAsync(
                new NetworkEntry
                {
                    Id = networkId,
                    Name = name,
                    ProjectId = "p",
                }
            )
        ).Value!;
        var subnet = await inventory.Subnets.CreateAsync(
            new SubnetEntry
            {
                NetworkId = network.Id,
                Cidr = "10.0.0.0/24",
                EnableDhcp = false,
            }
        );
        Assert.False(subnet.IsRefused);
        var instance = (
            await inventory.Instances.CreateAsync(new InstanceEntry { Name = name, ProjectId = "p" })
        ).Value!;
        var port = (
            await inventory.Ports.CreateAsync(
                new PortEntry
                {
                    NetworkId = network.Id,
                    DeviceId = instance.Id,
                    FixedIps =
                    [
                        new FixedIpEntry { SubnetId = subnet.Value!.Id, IpAddress = PlainNetwork.GuestAddress },
                    ],
                }
            )
        ).Value!;
        return (network.Id, instance, port.MacAddress);
    }
}
