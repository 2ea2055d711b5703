using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Core.Networks;

/// <summary>
/// The size of DHCP option 121 (RFC 3442), by which guests get their routes, that to the metadata service among them. One that is too
/// large is not sent at all.
/// </summary>
public static class ClasslessRouteOption
{
    /// <summary>An option's length is one octet (RFC 2132 §2).</summary>
    public const int LargestSize = 255;

    static readonly IPNetwork Default = new(IPAddress.Any, 0);
    static readonly IPNetwork Metadata = new(IPAddress.Parse("169.254.169.254"), 32);

    /// <summary>The octets of one route: the prefix length, as much of the destination as that tells, and the next hop.</summary>
    public static int SizeOf(IPNetwork destination) => 1 + (destination.PrefixLength + 7) / 8 + 4;

    /// <summary>
    /// The octets that are left for host routes and neighbours: the metadata service and the default gateway always have theirs.
    /// </summary>
    /// <param name="size">Octets of the option.</param>
    public static int RoomIn(int size) => size - SizeOf(Metadata) - SizeOf(Default);

    /// <summary>The same of the largest option.</summary>
    public static int Room => RoomIn(LargestSize);

    /// <summary>What of a subnet's routes does not fit, of those that take room beside the metadata service and the gateway.</summary>
    /// <param name="subnet">The guests' own.</param>
    /// <param name="neighbours">All IPv4 subnets of the network; the own one is passed over.</param>
    public static IEnumerable<IPNetwork> FindTooMany(SubnetRequirements subnet, IEnumerable<IPNetwork> neighbours)
    {
        if (subnet.Cidr.BaseAddress.AddressFamily != AddressFamily.InterNetwork)
        {
            yield break;
        }
        var room = Room;
        var routes = neighbours
            .Where(neighbour => neighbour != subnet.Cidr)
            .Concat(subnet.HostRoutes.Select(static route => route.Destination).Where(static one => one != Default));
        foreach (var destination in routes)
        {
            room -= SizeOf(destination);
            if (room < 0)
            {
                yield return destination;
            }
        }
    }
}
