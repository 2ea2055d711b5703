using System.Net;
using Stackmeta.Inventory;
using Stackmeta.Metadata;

namespace Stackmeta.OpenStack;

/// <summary>The ports of a network as a whole, under each address and MAC that they have: exactly one port with a device, or nobody.</summary>
sealed class PortsByAddress
{
    readonly Dictionary<GuestAddress, (string PortId, PortAnswer Answer)> _ports = [];

    public void Add(Port port, string macAddress, IEnumerable<string?> fixedIps)
    {
        PortAnswer answer = port.DeviceId.Length == 0 ? Refusal.PortWithoutDevice : port;
        Add(GuestAddress.FromMacAddress(macAddress), port.Id, answer);
        foreach (var text in fixedIps)
        {
            if (IPAddress.TryParse(text, out var ip) && GuestAddress.TryFrom(ip, out var address))
            {
                Add(address, port.Id, answer);
            }
        }
    }

    public IReadOnlyDictionary<GuestAddress, PortAnswer> ToAnswers() =>
        _ports.ToDictionary(entry => entry.Key, entry => entry.Value.Answer);

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
