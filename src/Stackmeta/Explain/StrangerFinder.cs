using System.Net;
using Stackmeta.Core.Lookups;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>Finds whose path is meant where the network is not of our inventory: what Neutron tells, and what this host shows.</summary>
static class StrangerFinder
{
    /// <param name="neutron">Neutron's ports; null where nobody can be asked.</param>
    /// <param name="asked">An address, or the id of an instance or port.</param>
    /// <param name="network">The network's id.</param>
    /// <param name="deadline">For Neutron.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">No network is named, or Neutron has nothing of that id.</exception>
    public static async Task<PathSubject> FindAsync(
        INetworkPortDirectory? neutron,
        string asked,
        string? network,
        Deadline deadline,
        CancellationToken cancellationToken
    )
    {
        if (!Guid.TryParse(network, out var networkId))
        {
            throw new CommandException(
                "Name the network by its id (--network); 'openstack port list' shows it, and 'ip netns' the networks of this host.",
                ExitCodes.Usage
            );
        }
        var isAddress = IPAddress.TryParse(asked, out var address);
        if (neutron is null && !isAddress)
        {
            throw new CommandException("Name the guest by its address: nobody can be asked here for others.");
        }
        var listed = neutron is null ? [] : await ListAsync(neutron, networkId, deadline, cancellationToken);
        if (!isAddress && listed is null)
        {
            throw new CommandException(
                $"Neutron does not tell the ports of network {networkId} within {ListenerJudgement.Seconds(deadline.Finding)}: name the guest by its address, or wait longer with --patience."
            );
        }
        var own = listed?.Find(port =>
            isAddress ? port.Addresses.Contains(address!) : port.Port.Id == asked || port.Port.DeviceId == asked
        );
        if (!isAddress && own is null)
        {
            throw new CommandException(
                $"Network {networkId} has no port '{asked}' and none of an instance '{asked}' with an address."
            );
        }
        address ??= own!.Addresses[0];
        var router = RouterOf(networkId, listed ?? []);
        return new()
        {
            Asked = asked,
            NetworkId = networkId,
            Origin = neutron is null ? SubjectOrigin.Nobody : SubjectOrigin.Neutron,
            Address = address,
            Port = own?.ToEntry(networkId),
            RouterPort = router?.ToEntry(networkId),
            IsOvn = !IsHere(DeviceNames.DhcpNamespace(networkId)) && IsHere(DeviceNames.OvnNamespace(networkId)),
        };
    }

    /// <summary>
    /// The router that serves the network's guests: one whose proxy listens here, while none listens in the network's own namespace.
    /// Neutron starts the one or the other (spec/neutron-metadata.md §1.4).
    /// </summary>
    static ListedPort? RouterOf(Guid network, List<ListedPort> ports) =>
        Listens(DeviceNames.DhcpNamespace(network), MetadataAddress.Port)
            ? null
            : ports.Find(static port =>
                Guid.TryParse(port.Port.DeviceId, out var device)
                && Listens(DeviceNames.RouterNamespace(device), MetadataAddress.RouterPort)
            );

    static bool Listens(string @namespace, int port)
    {
        try
        {
            return IsHere(@namespace) && ObservedListener.Read(@namespace).Any(listener => listener.Port == port);
        }
        catch (EdgeException)
        {
            return false;
        }
    }

    static bool IsHere(string @namespace) => ObservedNamespace.List().Contains(@namespace);

    static async Task<List<ListedPort>?> ListAsync(
        INetworkPortDirectory neutron,
        Guid network,
        Deadline deadline,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var answers = await neutron
                .FindPortsAsync(new(NetworkScopeKind.Network, network.ToString()), cancellationToken)
                .AsTask()
                .WaitAsync(deadline.Finding, cancellationToken);
            return answers is null
                ? null
                :
                [
                    .. answers
                        .Where(static answer => answer.Value.Port is not null)
                        .GroupBy(static answer => answer.Value.Port!)
                        .Select(static port => new ListedPort(
                            port.Key,
                            port.FirstOrDefault(static answer => answer.Key.IsMacAddress).Key.Text ?? "",
                            [
                                .. port.Where(static answer => !answer.Key.IsMacAddress)
                                    .Select(static answer => IPAddress.Parse(answer.Key.Text))
                                    .OrderBy(static address => address.AddressFamily),
                            ]
                        ))
                        .Where(static port => port.Addresses.Count > 0),
                ];
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>A port with what it can be asked by; IPv4 addresses first.</summary>
    sealed record ListedPort(Port Port, string Mac, List<IPAddress> Addresses)
    {
        public PortEntry ToEntry(Guid network) =>
            new()
            {
                Id = Port.Id,
                NetworkId = network.ToString(),
                ProjectId = Port.ProjectId,
                DeviceId = Port.DeviceId,
                MacAddress = Mac,
                FixedIps = [.. Addresses.Select(address => new FixedIpEntry { IpAddress = address.ToString() })],
            };
    }
}
