using System.Collections.Immutable;
using SQLitePCL;

namespace Stackmeta.Inventory;

/// <summary>The second question on SQLite: four statements, for the two kinds of scope and the two kinds of address.</summary>
sealed class PortQueries(sqlite3 connection, string path) : IDisposable
{
    // A port that several interfaces of a router lead to is still one port. Two rows are enough to know that it is not.
    const string Select = "SELECT DISTINCT p.id, p.network_id, p.device_id, p.project_id, p.mac_address FROM";

    const string Interfaces = $"""
        FROM ports r
        WHERE r.device_id = ?1
            AND r.device_owner IN {RouterInterfaceOwners}
        """;

    /// <summary>As <see cref="DeviceOwners.RouterInterfaces"/>.</summary>
    public const string RouterInterfaceOwners =
        "('network:router_interface', 'network:ha_router_replicated_interface', 'network:router_interface_distributed')";

    /// <summary>An address that is provided (<see cref="ProvidedAddresses"/>): the gateway's, which a guest may have from before, is no guest's.</summary>
    public const string IsProvided = $"""
        (p.device_owner IN {RouterInterfaceOwners}
            OR NOT EXISTS (SELECT 1 FROM subnets s WHERE s.id = f.subnet_id AND s.gateway_ip = f.address))
        """;

    const string ByNetworkAddress = $"""
        {Select} fixed_ips f JOIN ports p ON p.id = f.port_id
        WHERE f.network_id = ?1 AND f.address = ?2 AND {IsProvided} LIMIT 2
        """;

    const string ByNetworkMac = $"{Select} ports p WHERE p.network_id = ?1 AND p.mac_address = ?2 LIMIT 2";

    const string ByRouterAddress = $"""
        {Select} fixed_ips f JOIN ports p ON p.id = f.port_id
        WHERE f.network_id IN (SELECT r.network_id {Interfaces}) AND f.address = ?2 AND {IsProvided} LIMIT 2
        """;

    const string ByRouterMac =
        $"{Select} ports p WHERE p.network_id IN (SELECT r.network_id {Interfaces}) AND p.mac_address = ?2 LIMIT 2";

    readonly PreparedStatement[] _statements =
    [
        .. Statements.Select(sql => new PreparedStatement(connection, sql, path)),
    ];

    /// <summary>All that may run for a guest's request.</summary>
    public static ImmutableArray<string> Statements { get; } =
    [ByNetworkAddress, ByNetworkMac, ByRouterAddress, ByRouterMac];

    /// <summary>Which of the statements finds a guest.</summary>
    public static int NumberOf(NetworkScope scope, GuestAddress address) =>
        (scope.Kind == NetworkScopeKind.Network ? 0 : 2) + (address.IsMacAddress ? 1 : 0);

    /// <exception cref="InventoryException"/>
    public PortAnswer Find(NetworkScope scope, GuestAddress address)
    {
        var statement = _statements[NumberOf(scope, address)];
        try
        {
            statement.Bind(1, scope.Id);
            statement.Bind(2, address.Text);
            if (!statement.Step())
            {
                return Metadata.Refusal.PortNotFound;
            }
            var port = new Port(statement.Text(0), statement.Text(1), statement.Text(2), statement.Text(3))
            {
                MacAddresses = Port.ReadMacAddresses(statement.Text(4)),
            };
            return statement.Step() ? Metadata.Refusal.PortAmbiguous
                : port.DeviceId.Length == 0 ? Metadata.Refusal.PortWithoutDevice
                : port;
        }
        finally
        {
            statement.Reset();
        }
    }

    public void Dispose() => Array.ForEach(_statements, statement => statement.Dispose());
}
