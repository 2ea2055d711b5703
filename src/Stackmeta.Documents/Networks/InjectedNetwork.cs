using System.Collections.Immutable;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents;

/// <summary>
/// The network configuration that older images expect as a file: content 0000, made for interfaces whose network is
/// injected and has no DHCP server (spec/nova-metadata.md §3.6).
/// </summary>
static class InjectedNetwork
{
    /// <summary>Its place below <c>/openstack/content</c>.</summary>
    public const string ContentName = "0000";

    /// <summary>Whether an instance has this content.</summary>
    public static bool Exists(Instance instance)
    {
        if (instance.IsUnreadable(InstanceParts.NetworkInterfaces))
        {
            return false;
        }
        foreach (var nic in instance.NetworkInterfaces)
        {
            if (IsInjected(nic))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The interfaces that the content configures.</summary>
    /// <returns><see cref="Refusal.PartUnreadable"/> when a subnet's CIDR is none.</returns>
    public static Refusal Collect(Instance instance, out ImmutableArray<InjectedInterface> interfaces)
    {
        interfaces = [];
        var collected = ImmutableArray.CreateBuilder<InjectedInterface>();
        var index = 0;
        foreach (var nic in instance.NetworkInterfaces)
        {
            if (!ShownSubnets.IsShown(nic))
            {
                continue;
            }
            if (IsInjected(nic))
            {
                if (
                    !InjectedAddress.TryMake(ShownSubnets.FirstWithAddress(nic, 4), out var ipv4)
                    || !InjectedAddress.TryMake(ShownSubnets.FirstWithAddress(nic, 6), out var ipv6)
                )
                {
                    return Refusal.PartUnreadable;
                }
                collected.Add(new($"eth{index}", nic.MacAddress, ipv4, ipv6));
            }
            index++;
        }
        interfaces = collected.DrainToImmutable();
        return Refusal.None;
    }

    /// <summary>Distributed DHCP is not looked at, neither in Nova nor here.</summary>
    static bool IsInjected(NetworkInterface nic) =>
        ShownSubnets.IsShown(nic)
        && nic.Network!.Injected
        && ShownSubnets.First(nic, 4)?.DhcpServer is null
        && ShownSubnets.First(nic, 6)?.DhcpServer is null;
}
