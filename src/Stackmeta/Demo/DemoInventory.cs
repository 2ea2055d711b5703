using System.Net.NetworkInformation;
using System.Text;
using Stackmeta.Core.Instances;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>The demo's network, 10.0.0.64/26 with its DHCP server at 10.0.0.66, and two instances on it.</summary>
/// <param name="NetworkId">The network.</param>
/// <param name="Guests">The instances with their ports.</param>
sealed record DemoInventory(Guid NetworkId, IReadOnlyList<DemoGuest> Guests)
{
    public const string DhcpServer = "10.0.0.66";

    /// <summary>Writes them into an empty inventory.</summary>
    public static async Task<DemoInventory> CreateAsync(IInventory inventory, CancellationToken cancellationToken)
    {
        var network = Required(
            await inventory.Networks.CreateAsync(
                new NetworkEntry { Name = "demo", ProjectId = "demo" },
                cancellationToken
            )
        );
        Required(
            await inventory.Subnets.CreateAsync(
                new SubnetEntry
                {
                    NetworkId = network.Id,
                    Cidr = "10.0.0.64/26",
                    GatewayIp = "10.0.0.65",
                    DhcpServer = DhcpServer,
                },
                cancellationToken
            )
        );
        return new(
            Guid.Parse(network.Id),
            [
                await CreateGuestAsync(inventory, network, "alpha", cancellationToken),
                await CreateGuestAsync(inventory, network, "beta", cancellationToken),
            ]
        );
    }

    static async Task<DemoGuest> CreateGuestAsync(
        IInventory inventory,
        NetworkEntry network,
        string name,
        CancellationToken cancellationToken
    )
    {
        var instance = Required(
            await inventory.Instances.CreateAsync(
                new InstanceEntry
                {
                    Name = name,
                    ProjectId = "demo",
                    AvailabilityZone = "nova",
                    FlavorName = "m1.tiny",
                    ImageRef = "debian-12",
                    RootDeviceName = "/dev/vda",
                    Metadata = [new MetadataItem("role", $"the demo's {name}")],
                    SecurityGroups = ["default"],
                    UserData = Encoding.UTF8.GetBytes($"#!/bin/sh\necho I am {name}\n"),
                },
                cancellationToken
            )
        );
        var port = Required(
            await inventory.Ports.CreateAsync(
                new PortEntry { NetworkId = network.Id, DeviceId = instance.Id },
                cancellationToken
            )
        );
        return new(name, instance.Id, Guid.Parse(port.Id), PhysicalAddress.Parse(port.MacAddress));
    }

    static T Required<T>(Outcome<T> outcome)
        where T : class =>
        outcome.Value
        ?? throw new InvalidOperationException($"The demo's own entry was refused: {outcome.Objections[0]}");
}
