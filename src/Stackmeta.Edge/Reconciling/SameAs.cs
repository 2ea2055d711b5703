using System.Collections.Immutable;

namespace Stackmeta.Edge;

/// <summary>Whether what is wanted now is what was wanted before. Records compare their lists by reference.</summary>
static class SameAs
{
    public static bool IsSameAs(this EdgeNetwork one, EdgeNetwork? other) =>
        ReferenceEquals(one, other)
        || (
            other is not null
            && one with { Subnets = other.Subnets, Hosts = other.Hosts } == other
            && AreSame(one.Subnets, other.Subnets, IsSameAs)
            && AreSame(one.Hosts, other.Hosts, IsSameAs)
        );

    public static bool IsSameAs(this EdgeRouter one, EdgeRouter? other) =>
        ReferenceEquals(one, other)
        || (
            other is not null
            && one.Id == other.Id
            && one.Guests.IsSameAs(other.Guests)
            && AreSame(one.Ports, other.Ports, IsSameAs)
        );

    static bool IsSameAs(EdgeSubnet one, EdgeSubnet other) =>
        one with { DnsServers = other.DnsServers, HostRoutes = other.HostRoutes } == other
        && one.DnsServers.SequenceEqual(other.DnsServers)
        && one.HostRoutes.SequenceEqual(other.HostRoutes);

    static bool IsSameAs(EdgeHost one, EdgeHost other) =>
        one with { Addresses = other.Addresses } == other && one.Addresses.SequenceEqual(other.Addresses);

    static bool IsSameAs(EdgeRouterPort one, EdgeRouterPort other) =>
        one with { Addresses = other.Addresses } == other && one.Addresses.SequenceEqual(other.Addresses);

    static bool AreSame<T>(ImmutableArray<T> one, ImmutableArray<T> other, Func<T, T, bool> areSame)
    {
        if (one.Length != other.Length)
        {
            return false;
        }
        for (var i = 0; i < one.Length; i++)
        {
            if (!areSame(one[i], other[i]))
            {
                return false;
            }
        }
        return true;
    }
}
