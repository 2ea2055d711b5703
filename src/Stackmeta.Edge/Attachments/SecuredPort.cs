using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;

namespace Stackmeta.Edge;

/// <summary>A port whose guest's interface is on the bridge, and what that guest may claim to be.</summary>
/// <param name="Id">The port's uuid.</param>
/// <param name="Device">
/// The interface's index on this host. Not its name: a name comes back with another interface, an index does not.
/// </param>
/// <param name="Mac">The port's MAC; null when there is no such port any more, and nothing may pass.</param>
/// <param name="Addresses">The port's fixed IPs.</param>
sealed record SecuredPort(Guid Id, int Device, PhysicalAddress? Mac, ImmutableArray<IPAddress> Addresses)
{
    /// <summary>The port as the network has it now.</summary>
    public static SecuredPort Of(EdgeNetwork network, Guid id, int device) =>
        network.Hosts.FirstOrDefault(host => host.PortId == id) is { } host
            ? new(id, device, host.Mac, host.Addresses)
            : new(id, device, null, []);
}
