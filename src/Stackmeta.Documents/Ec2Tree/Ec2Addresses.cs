using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents;

/// <summary>Values that are addresses of the instance.</summary>
static class Ec2Addresses
{
    /// <summary>The first IPv4 address over all interfaces; else the address that the guest asked from.</summary>
    public static Ec2Value Local(Instance instance, in Ec2Scope scope)
    {
        if (instance.IsUnreadable(InstanceParts.NetworkInterfaces))
        {
            return Ec2Value.Refused(Refusal.PartUnreadable);
        }
        foreach (var subnet in SubnetsOf(instance))
        {
            foreach (var fixedIp in subnet.FixedIps)
            {
                if (!fixedIp.Address.Contains(':', StringComparison.Ordinal))
                {
                    return Ec2Value.Of(fixedIp.Address);
                }
            }
        }
        return Ec2Value.Of(scope.Context.ClientAddress);
    }

    /// <summary>The first floating address, of either IP version; else empty.</summary>
    public static Ec2Value Public(Instance instance, in Ec2Scope scope)
    {
        if (instance.IsUnreadable(InstanceParts.NetworkInterfaces))
        {
            return Ec2Value.Refused(Refusal.PartUnreadable);
        }
        foreach (var subnet in SubnetsOf(instance))
        {
            foreach (var fixedIp in subnet.FixedIps)
            {
                if (!fixedIp.FloatingIps.IsDefaultOrEmpty)
                {
                    return Ec2Value.Of(fixedIp.FloatingIps[0]);
                }
            }
        }
        return Ec2Value.Of("");
    }

    static IEnumerable<InterfaceSubnet> SubnetsOf(Instance instance) =>
        from nic in instance.NetworkInterfaces
        where ShownSubnets.IsShown(nic)
        from subnet in nic.Network!.Subnets
        select subnet;
}
