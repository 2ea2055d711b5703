using System.Net;
using Stackmeta.Core.Networks;

namespace Stackmeta.Inventory;

/// <summary>
/// What of an inventory a host provides. A store may hold what was taken before today's rules: it is read and shown, and no packet and
/// no guest is known by it.
/// </summary>
public static class ProvidedAddresses
{
    /// <summary>Whether a subnet holds no reserved address.</summary>
    public static bool IsProvided(SubnetEntry subnet) =>
        ReservedAddresses.FindTouching(IPNetwork.Parse(subnet.Cidr)) is null;

    /// <summary>Whether a port is known by one of its addresses.</summary>
    /// <param name="subnets">Those of the port's network.</param>
    public static bool IsProvided(PortEntry port, FixedIpEntry address, IEnumerable<SubnetEntry> subnets) =>
        !ReservedAddresses.Contains(IPAddress.Parse(address.IpAddress))
        && subnets.FirstOrDefault(subnet => subnet.Id == address.SubnetId) is { } subnet
        && IsProvided(subnet)
        && (subnet.GatewayIp != address.IpAddress || DeviceOwners.RouterInterfaces.Contains(port.DeviceOwner));
}
