using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>The namespace that serves the network, and what it has there.</summary>
static class NamespaceJudgement
{
    public static LinkVerdict Namespace(PathSubject subject, PathSights sights) =>
        sights switch
        {
            { Namespace: not null } => LinkVerdict.Fine(PathLink.Namespace, subject.Namespace),
            { IsNamespaceHollow: true } => LinkVerdict.Broken(
                Finding.NamespaceEmpty,
                $"nothing is mounted on {subject.Namespace}"
            ),
            _ when subject is { IsFromInventory: true, IsProvided: false } => LinkVerdict.NotLookedAt(
                PathLink.Namespace,
                "none is made for a network without DHCP"
            ),
            _ => LinkVerdict.Broken(Finding.NamespaceMissing, $"there is no {subject.Namespace}"),
        };

    /// <summary>
    /// The namespace's interface on the guest's network: by its name, or of another maker's the one with the metadata address.
    /// </summary>
    public static ObservedLink? DeviceOf(PathSubject subject, PathSights sights)
    {
        var links = sights.Namespace?.Links ?? [];
        return subject.Device is { } name
            ? links.FirstOrDefault(link => link.Name == name)
            : links.FirstOrDefault(link => Has(link, MetadataAddress.Ipv4.ToString()))
                ?? links.FirstOrDefault(link => link.Name != "lo");
    }

    public static LinkVerdict Device(PathSubject subject, PathSights sights)
    {
        if (sights.Namespace is null)
        {
            return LinkVerdict.NotLookedAt(PathLink.Device, "no namespace");
        }
        return DeviceOf(subject, sights) switch
        {
            null => LinkVerdict.Broken(
                Finding.DeviceMissing,
                subject.Device is { } name ? $"there is no {name} in it" : "no interface but lo in it"
            ),
            { IsUp: false } down => LinkVerdict.Broken(Finding.DeviceDown, $"{down.Name} is down"),
            var device when subject.Mtu > 0 && device.Mtu > subject.Mtu => LinkVerdict.Broken(
                Finding.MtuMismatch,
                $"{device.Name} has MTU {device.Mtu}, the network {subject.Mtu}"
            ),
            var device => LinkVerdict.Fine(PathLink.Device, $"{device.Name} up, MTU {device.Mtu}"),
        };
    }

    public static LinkVerdict Address(PathSubject subject, PathSights sights)
    {
        if (DeviceOf(subject, sights) is not { } device)
        {
            return LinkVerdict.NotLookedAt(PathLink.Address, "no interface");
        }
        if (subject.IsRouted)
        {
            // The router takes what is sent to 169.254.169.254 on its way; what it needs is to be the gateway.
            var gateway = subject.Subnet?.GatewayIp;
            return gateway is null ? LinkVerdict.Fine(PathLink.Address, $"the router's, on {device.Name}")
                : Has(device, gateway) ? LinkVerdict.Fine(PathLink.Address, $"the gateway {gateway} on {device.Name}")
                : LinkVerdict.Broken(
                    Finding.SubnetAddressMissing,
                    $"{device.Name} does not have the gateway {gateway}"
                );
        }
        if (!Has(device, MetadataAddress.Ipv4.ToString()))
        {
            return LinkVerdict.Broken(Finding.AddressMissing, $"{device.Name} does not have 169.254.169.254");
        }
        if (subject.DhcpAddress is { } own && !Has(device, own))
        {
            return LinkVerdict.Broken(Finding.SubnetAddressMissing, $"{device.Name} does not have {own}");
        }
        var ipv6 = device.Addresses.FirstOrDefault(address => address.Address == MetadataAddress.Ipv6.ToString());
        return ipv6 switch
        {
            { IsDuplicate: true } => LinkVerdict.Broken(
                Finding.Ipv6AddressDuplicate,
                $"fe80::a9fe:a9fe on {device.Name} is another's too"
            ),
            { Address: null } when subject.HasIpv6 => LinkVerdict.Broken(
                Finding.Ipv6AddressMissing,
                $"{device.Name} does not have fe80::a9fe:a9fe"
            ),
            { Address: null } => LinkVerdict.Fine(PathLink.Address, "169.254.169.254"),
            _ => LinkVerdict.Fine(PathLink.Address, "169.254.169.254 and fe80::a9fe:a9fe"),
        };
    }

    static bool Has(ObservedLink link, string address) => link.Addresses.Any(one => one.Address == address);
}
