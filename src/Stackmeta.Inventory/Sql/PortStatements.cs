using System.Collections.Immutable;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Inventory;

/// <summary>The statements that find a guest's port: four, for the two kinds of scope and the two kinds of address.</summary>
static class PortStatements
{
    const string OfNetwork = "= $1";

    const string OfRouter = $"""
        IN (SELECT r.network_id FROM ports r WHERE r.device_id = $1 AND r.device_owner IN {RouterInterfaceOwners})
        """;

    /// <summary>As <see cref="DeviceOwners.RouterInterfaces"/>.</summary>
    const string RouterInterfaceOwners =
        "('network:router_interface', 'network:ha_router_replicated_interface', 'network:router_interface_distributed')";

    /// <summary>What is read of the port.</summary>
    public static FieldList<Port> Columns { get; } =
        new(static fields =>
            new(
                fields.Text("id", ""),
                fields.Text("network_id", ""),
                fields.Text("device_id", ""),
                fields.Text("project_id", "")
            )
            {
                MacAddresses = Port.ReadMacAddresses(fields.Text("mac_address", "")),
            }
        );

    public static ImmutableArray<string> All { get; } =
    [ByAddress(OfNetwork), ByMac(OfNetwork), ByAddress(OfRouter), ByMac(OfRouter)];

    /// <summary>Which of the statements finds a guest. Their parameters are the scope's id and the address.</summary>
    public static int NumberOf(NetworkScope scope, GuestAddress address) =>
        (scope.Kind == NetworkScopeKind.Network ? 0 : 2) + (address.IsMacAddress ? 1 : 0);

    // An address that is provided (ProvidedAddresses): the gateway's, which a guest may have from before, is no guest's.
    static string ByAddress(string scope) =>
        Select(
            $"""
            fixed_ips f JOIN ports p ON p.id = f.port_id
            WHERE f.network_id {scope} AND f.address = $2
                AND (p.device_owner IN {RouterInterfaceOwners}
                    OR NOT EXISTS (SELECT 1 FROM subnets s WHERE s.id = f.subnet_id AND s.gateway_ip = f.address))
            """
        );

    static string ByMac(string scope) => Select($"ports p WHERE p.network_id {scope} AND p.mac_address = $2");

    // A port that several interfaces of a router lead to is still one port. Two rows are enough to know that it is not.
    static string Select(string from) => $"SELECT DISTINCT {Columns.SelectList("p")} FROM {from} LIMIT 2";
}
