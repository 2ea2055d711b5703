using System.Text;
using Stackmeta.Core.Lookups;

namespace Stackmeta.OpenStack;

/// <summary>Lists the ports of networks that have certain addresses, in as few requests as URLs of a sane length allow.</summary>
static class NeutronPortQuery
{
    /// <summary>As many networks as Nova puts into one query; a URL of them all stays below 8 KiB.</summary>
    public const int NetworksAtOnce = 160;

    // Beside as many networks a URL stays below 10 KiB. Never the networks as a whole instead: so many addresses are asked for one by one
    // only where the whole could not be had, which may be because it is too large.
    const int AddressesAtOnce = 32;

    /// <summary>The ports; perhaps more than were asked for. Null when Neutron could not be asked.</summary>
    /// <param name="neutron">Who is asked.</param>
    /// <param name="networks">Where the ports are.</param>
    /// <param name="addresses">What they have; none for all ports.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<List<NeutronPort>?> ListAsync(
        NeutronClient neutron,
        string[] networks,
        GuestAddress[] addresses,
        CancellationToken cancellationToken
    )
    {
        var ports = new List<NeutronPort>();
        foreach (var some in networks.Chunk(NetworksAtOnce))
        {
            foreach (var filter in Filters(addresses))
            {
                var query = new StringBuilder();
                foreach (var network in some)
                {
                    query.Append("network_id=").Append(Uri.EscapeDataString(network)).Append('&');
                }
                query.Append(filter).Append(NeutronPort.Fields);
                var found = await neutron.ListAsync("ports", query.ToString(), NeutronPort.Read, cancellationToken);
                if (found is null)
                {
                    return null;
                }
                ports.AddRange(found);
            }
        }
        return ports;
    }

    /// <summary>Filters for the IP addresses and for the MAC addresses, or one that lets everything through.</summary>
    static IEnumerable<string> Filters(GuestAddress[] addresses)
    {
        if (addresses.Length == 0)
        {
            return [""];
        }
        return addresses
            .GroupBy(address => address.IsMacAddress)
            .SelectMany(kind => kind.Chunk(AddressesAtOnce))
            .Select(some => string.Concat(some.Select(address => Filter(address) + "&")));
    }

    public static string Filter(GuestAddress address) =>
        address.IsMacAddress
            ? "mac_address=" + Uri.EscapeDataString(address.Text)
            : "fixed_ips=" + Uri.EscapeDataString("ip_address=" + address.Text);
}
