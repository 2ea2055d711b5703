using System.Net;

namespace Stackmeta.Inventory;

/// <summary>
/// A router cannot tell the guests of two subnets apart that share addresses: none of its interfaces has one that overlaps another's.
/// </summary>
static class RouterInterfaces
{
    /// <summary>Checks the subnets that a port brings to its router. Its addresses must have been assigned.</summary>
    /// <param name="before">The port as it is stored, with what is not objected to any more; null for a new one.</param>
    public static async ValueTask CheckAsync(
        InventorySession session,
        PortEntry? before,
        PortEntry port,
        Objections objections
    )
    {
        if (objections.Any || !IsInterface(port))
        {
            return;
        }
        var known =
            before is not null && IsInterface(before) && before.DeviceId == port.DeviceId ? SubnetsOf(before) : [];
        var brought = SubnetsOf(port);
        brought.ExceptWith(known);
        if (brought.Count == 0)
        {
            return;
        }
        foreach (var other in await PortTable.Instance.OfDeviceAsync(session.Sql, port.DeviceId))
        {
            if (other.Id == port.Id || !IsInterface(other))
            {
                continue;
            }
            foreach (var id in SubnetsOf(other))
            {
                await CompareAsync(session, brought, other, id, objections);
            }
        }
    }

    static async ValueTask CompareAsync(
        InventorySession session,
        HashSet<string> brought,
        PortEntry other,
        string otherSubnet,
        Objections objections
    )
    {
        if (await SubnetTable.Instance.FindByIdAsync(session.Sql, otherSubnet) is not { } theirs)
        {
            return;
        }
        foreach (var id in brought)
        {
            if (
                await SubnetTable.Instance.FindByIdAsync(session.Sql, id) is { } ours
                && SubnetRules.Overlap(IPNetwork.Parse(ours.Cidr), IPNetwork.Parse(theirs.Cidr))
            )
            {
                objections.Add(
                    ObjectionKind.Conflict,
                    "fixed_ips",
                    $"{ours.Cidr}, which is subnet {ours.Id}, overlaps {theirs.Cidr}, which is subnet {theirs.Id}, where port {other.Id} is an interface of the same router"
                );
            }
        }
    }

    static bool IsInterface(PortEntry port) => DeviceOwners.RouterInterfaces.Contains(port.DeviceOwner);

    static HashSet<string> SubnetsOf(PortEntry port) =>
        (port.FixedIps ?? []).Select(static address => address.SubnetId).ToHashSet(StringComparer.Ordinal);
}
