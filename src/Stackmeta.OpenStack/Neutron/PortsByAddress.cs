using System.Net;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.OpenStack;

/// <summary>
/// The ports of a network as a whole, under each address and MAC that they have: exactly one port with a device, or nobody.
/// </summary>
sealed class PortsByAddress
{
    readonly Dictionary<GuestAddress, (string PortId, PortAnswer Answer)> _ports = [];

    /// <summary>The answers to all that may be asked about a network's ports; a port may be among them twice.</summary>
    public static IReadOnlyDictionary<GuestAddress, PortAnswer> Of(List<NeutronPort> ports)
    {
        var found = new PortsByAddress();
        ports.ForEach(found.Add);
        return found._ports.ToDictionary(entry => entry.Key, entry => entry.Value.Answer);
    }

    void Add(NeutronPort port)
    {
        PortAnswer answer = port.DeviceId.Length == 0 ? Refusal.PortWithoutDevice : port.ToPort();
        Add(GuestAddress.FromMacAddress(port.MacAddress), port.Id, answer);
        foreach (var text in port.FixedIps)
        {
            if (IPAddress.TryParse(text, out var ip) && GuestAddress.TryFrom(ip, out var address))
            {
                Add(address, port.Id, answer);
            }
        }
    }

    void Add(GuestAddress address, string portId, PortAnswer answer)
    {
        if (
            _ports.TryGetValue(address, out var other)
            && (other.PortId != portId || other.Answer.Refusal == Refusal.PortAmbiguous)
        )
        {
            answer = Refusal.PortAmbiguous;
        }
        _ports[address] = (portId, answer);
    }
}
