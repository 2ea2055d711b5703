using System.Net;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.OpenStack;

/// <summary>
/// Finds ports by address alone, and by a provider's address, with Neutron's REST API (spec/nova-metadata.md §6.2, §6.4).
/// </summary>
public sealed class NeutronAddressDirectory(NeutronClient neutron) : IAddressDirectory
{
    /// <inheritdoc/>
    public async ValueTask<PortAnswer> FindPortAsync(string address, CancellationToken cancellationToken)
    {
        var query = $"{Filter(address)}&{NeutronPort.Fields}";
        var ports = await neutron.ListAsync("ports", query, NeutronPort.Read, cancellationToken);
        return ports?.Where(port => port.DeviceId.Length > 0).Take(2).ToArray() switch
        {
            null => Refusal.PortDirectoryUnavailable,
            [] => Refusal.PortNotFound,
            [var port] => port.ToPort(),
            _ => Refusal.PortAmbiguous,
        };
    }

    /// <inheritdoc/>
    public async ValueTask<ProviderPortAnswer> FindPortOfProviderAsync(
        string providerId,
        string address,
        CancellationToken cancellationToken
    )
    {
        var subnets = await neutron.ListAsync(
            "subnets",
            $"advanced_service_providers={Uri.EscapeDataString(providerId)}&fields=network_id",
            subnet => subnet.Member("network_id").Text(),
            cancellationToken,
            unknownFilterIsEmpty: true
        );
        if (subnets is null)
        {
            return new(null, Refusal.PortDirectoryUnavailable, HasNetworks: false, Matches: 0);
        }
        var networks = subnets.OfType<string>().Distinct().ToArray();
        if (networks.Length == 0)
        {
            return new(null, Refusal.PortNotFound, HasNetworks: false, Matches: 0);
        }
        var matches = new List<NeutronPort>();
        foreach (var some in networks.Chunk(NeutronPortQuery.NetworksAtOnce))
        {
            var query = string.Concat(some.Select(network => $"network_id={Uri.EscapeDataString(network)}&"));
            var ports = await neutron.ListAsync(
                "ports",
                $"{query}{Filter(address)}&{NeutronPort.Fields}",
                NeutronPort.Read,
                cancellationToken
            );
            if (ports is null)
            {
                return new(null, Refusal.PortDirectoryUnavailable, HasNetworks: true, Matches: 0);
            }
            matches.AddRange(ports);
        }
        return matches switch
        {
            [] => new(null, Refusal.PortNotFound, HasNetworks: true, Matches: 0),
            [var port] => new(port.ToPort(), Refusal.None, HasNetworks: true, Matches: 1),
            _ => new(null, Refusal.PortAmbiguous, HasNetworks: true, matches.Count),
        };
    }

    // What is an address is asked for in the form in which Neutron stores it; anything else as it stands, and is not found.
    static string Filter(string address) =>
        "fixed_ips="
        + Uri.EscapeDataString(
            "ip_address="
                + (
                    IPAddress.TryParse(address, out var ip) && GuestAddress.TryFrom(ip, out var guest)
                        ? guest.Text
                        : address
                )
        );
}
