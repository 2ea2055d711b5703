using System.Text;
using Stackmeta.Core.Instances;
using Stackmeta.Inventory;

namespace Stackmeta.Tests.Support.Rig;

/// <summary>
/// A running program with two networks of the same addresses, 10.0.0.64/26, and guests that have their leases: two on the first
/// network and one on the second, which has the first guest's address.
/// </summary>
public class TwoNetworks : IAsyncLifetime
{
    public const string DhcpServer = "10.0.0.66";

    RunningProgram? _program;
    SqliteInventory? _inventory;
    Guest? _alpha;
    Guest? _beta;
    Guest? _twin;

    internal RunningProgram Program => _program!;

    internal SqliteInventory Inventory => _inventory!;

    /// <summary>Has a value in every field that cloud-init looks at.</summary>
    internal Guest Alpha => _alpha!;

    /// <summary>Has user data that is no text.</summary>
    internal Guest Beta => _beta!;

    /// <summary>Has Alpha's address, on the other network.</summary>
    internal Guest Twin => _twin!;

    /// <summary>Every byte there is, and the ones that end lines and texts twice.</summary>
    internal static byte[] BinaryUserData { get; } =
    [.. Enumerable.Range(0, 256).Select(value => (byte)value), 0, 0, 13, 10, 255];

    /// <summary>Options of the program besides folder and port.</summary>
    protected virtual string[] Options => [];

    public async ValueTask InitializeAsync()
    {
        Requirements.Check();
        _program = await RunningProgram.StartAsync(RunningProgram.MakeFolder(), null, Options);
        _inventory = _program.OpenInventory();
        var first = await CreateNetworkAsync(_inventory, "first");
        var second = await CreateNetworkAsync(_inventory, "second");
        _alpha = await CreateGuestAsync(
            first,
            new InstanceEntry
            {
                Name = "Älpha \"1\"",
                Hostname = "alpha",
                ProjectId = "project-1",
                AvailabilityZone = "nova",
                FlavorName = "m1.tiny",
                ImageRef = "image-1",
                RootDeviceName = "/dev/vda",
                KeyPair = new KeyPair(
                    "mykey",
                    "ssh",
                    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAlphaAlphaAlphaAlphaAlphaAlphaAlphaAlpha me@host"
                ),
                Metadata = [new("role", "web"), new("b", "2")],
                SecurityGroups = ["default"],
                UserData = Encoding.UTF8.GetBytes("#!/bin/sh\necho hé\n"),
            }
        );
        _beta = await CreateGuestAsync(
            first,
            new InstanceEntry
            {
                Name = "beta",
                ProjectId = "project-1",
                AvailabilityZone = "nova",
                FlavorName = "m1.tiny",
                ImageRef = "image-1",
                RootDeviceName = "/dev/vda",
                SecurityGroups = ["default"],
                UserData = BinaryUserData,
            }
        );
        _twin = await CreateGuestAsync(
            second,
            new InstanceEntry
            {
                Name = "twin",
                ProjectId = "project-2",
                FlavorName = "m1.tiny",
                KeyPair = new KeyPair("twins", "ssh", "ssh-ed25519 AAAATwin twin@host"),
            }
        );
    }

    /// <summary>Makes a network with the DHCP server at <see cref="DhcpServer"/>.</summary>
    internal static async Task<NetworkEntry> CreateNetworkAsync(IInventory inventory, string name)
    {
        var network = (
            await inventory.Networks.CreateAsync(new NetworkEntry { Name = name, ProjectId = "project-1" })
        ).Value!;
        var subnet = await inventory.Subnets.CreateAsync(
            new SubnetEntry
            {
                NetworkId = network.Id,
                Cidr = "10.0.0.64/26",
                GatewayIp = "10.0.0.65",
                DhcpServer = DhcpServer,
            }
        );
        Assert.False(subnet.IsRefused);
        return network;
    }

    async Task<Guest> CreateGuestAsync(NetworkEntry network, InstanceEntry instance)
    {
        var guest = await Guest.CreateAsync(_inventory!, network.Id, instance);
        await guest.AcquireLeaseAsync();
        return guest;
    }

    /// <summary>Returns when the network's proxy listens.</summary>
    internal static async Task WaitForNetworkAsync(string networkId)
    {
        for (var tries = 0; ; tries++)
        {
            var listeners = await Shell.TryAsync(
                "ip",
                ["netns", "exec", $"qdhcp-{networkId}", "ss", "-Hltn", "sport = :80"]
            );
            if (listeners.Output.Contains("169.254.169.254:80", StringComparison.Ordinal))
            {
                return;
            }
            Assert.True(tries < 200, $"Network {networkId} is not served.");
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var guest in new[] { _alpha, _beta, _twin }.OfType<Guest>())
        {
            await guest.DisposeAsync();
        }
        _inventory?.Dispose();
        if (_program is not null)
        {
            await _program.DisposeAsync();
            Directory.Delete(_program.Folder, recursive: true);
        }
        GC.SuppressFinalize(this);
    }
}

/// <summary>The same, with a haproxy in each network.</summary>
public sealed class TwoNetworksWithHaproxy : TwoNetworks
{
    protected override string[] Options => ["--set", "edge.proxy=haproxy"];
}
