using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>The cable between guest and namespace: the network's bridge and what is on it.</summary>
static class LinkJudgement
{
    public static LinkVerdict Attachment(PathSubject subject, PathSights sights)
    {
        if (sights.Namespace is null)
        {
            return LinkVerdict.NotLookedAt(PathLink.Attachment, "no namespace");
        }
        if (sights.Bridge is not { } bridge)
        {
            // Without a pair whose other end is on this host something else than a bridge of ours connects the namespace.
            return subject.IsFromInventory && sights.BridgeEnd is not null
                ? LinkVerdict.Broken(Finding.BridgeMissing, "the network has no bridge here")
                : LinkVerdict.NotLookedAt(PathLink.Attachment, "no bridge of the network's here (Open vSwitch?)");
        }
        if (!bridge.IsUp)
        {
            return LinkVerdict.Broken(Finding.BridgeDown, $"{bridge.Name} is down");
        }
        if (sights.BridgeEnd is { } end)
        {
            if (end.Master != bridge.Name)
            {
                return LinkVerdict.Broken(Finding.BridgeEndDetached, $"{end.Name} is not on {bridge.Name}");
            }
            if (!end.IsUp)
            {
                return LinkVerdict.Broken(Finding.BridgeEndDown, $"{end.Name} is down");
            }
        }
        // Ends of namespaces, our own and routers', are no guests.
        var guests = sights
            .BridgePorts.Where(port =>
                port.Name != sights.BridgeEnd?.Name && !subject.NamespaceEnds.Contains(port.Name)
            )
            .ToList();
        // Nova and our demo name a guest's interface after its port; of any other name the bridge knows what it has heard there.
        var name = subject.Port is { } own ? DeviceNames.Tap(Guid.Parse(own.Id)) : null;
        var known = guests.Where(port => port.Name == name || sights.GuestInterfaces.Contains(port.Name)).ToList();
        if (known is [var plugged, ..])
        {
            return plugged.IsUp
                ? LinkVerdict.Fine(PathLink.Attachment, $"{plugged.Name} on {bridge.Name}")
                : LinkVerdict.Broken(Finding.GuestDeviceDown, $"{plugged.Name} is down");
        }
        return guests switch
        {
            [] => LinkVerdict.Broken(Finding.GuestNotAttached, $"no guest is on {bridge.Name}"),
            var all when all.TrueForAll(port => !port.IsUp) => LinkVerdict.Broken(
                Finding.GuestDeviceDown,
                $"{all[0].Name} is down"
            ),
            // A guest that has not sent anything yet is behind one of them, or of none.
            _ => LinkVerdict.NotLookedAt(PathLink.Attachment, $"{bridge.Name} has not heard of the guest's MAC yet"),
        };
    }
}
