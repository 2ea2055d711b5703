using System.Collections.Immutable;
using Npgsql;
using Stackmeta.Metadata;

namespace Stackmeta.Inventory;

/// <summary>
/// The two questions on PostgreSQL, a statement and a round trip each. Every statement tells the server's revision too, on a row of
/// its own where nothing else is found: a replica may be behind what this process knows.
/// </summary>
static class PostgresQueries
{
    public const string InstanceById = $"""
        SELECT {InstanceAssembly.Columns}, r.number
        FROM revision r
        LEFT JOIN instances i ON i.id = $1
        {InstanceAssembly.Joins}
        {InstanceAssembly.Order}
        """;

    // A port that several interfaces of a router lead to is still one port. Two rows are enough to know that it is not.
    const string PortColumns = "SELECT DISTINCT p.id, p.network_id, p.device_id, p.project_id, p.mac_address FROM";

    const string Interfaces = $"""
        FROM ports i
        WHERE i.device_id = $1
            AND i.device_owner IN {PortQueries.RouterInterfaceOwners}
        """;

    const string ByNetworkAddress = $"""
        {PortColumns} fixed_ips f JOIN ports p ON p.id = f.port_id
        WHERE f.network_id = $1 AND f.address = $2 AND {PortQueries.IsProvided}
        """;

    const string ByNetworkMac = $"{PortColumns} ports p WHERE p.network_id = $1 AND p.mac_address = $2";

    const string ByRouterAddress = $"""
        {PortColumns} fixed_ips f JOIN ports p ON p.id = f.port_id
        WHERE f.network_id IN (SELECT i.network_id {Interfaces}) AND f.address = $2 AND {PortQueries.IsProvided}
        """;

    const string ByRouterMac =
        $"{PortColumns} ports p WHERE p.network_id IN (SELECT i.network_id {Interfaces}) AND p.mac_address = $2";

    static readonly string[] Found = [ByNetworkAddress, ByNetworkMac, ByRouterAddress, ByRouterMac];

    static readonly ImmutableArray<string> Ports =
    [
        .. Found.Select(found => $"SELECT r.number, p.* FROM revision r LEFT JOIN LATERAL ({found} LIMIT 2) p ON TRUE"),
    ];

    static readonly ImmutableArray<string> Guests =
    [
        .. Found.Select(found =>
            $"""
                SELECT {InstanceAssembly.Columns}, {GuestAssembly.PortColumns}, r.number
                FROM revision r
                LEFT JOIN LATERAL ({found} LIMIT 2) g ON TRUE
                LEFT JOIN instances i ON i.id = g.device_id
                {InstanceAssembly.Joins}
                {InstanceAssembly.Order}
                """
        ),
    ];

    /// <summary>All that may run for a guest's request.</summary>
    public static ImmutableArray<string> Statements { get; } = [.. Ports, .. Guests, InstanceById];

    /// <returns>The server's revision, and the instance; null when there is none.</returns>
    public static async ValueTask<(long Revision, Instance? Instance)> FindInstanceAsync(
        NpgsqlConnection connection,
        string instanceId,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(InstanceById, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = instanceId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var assembly = new InstanceAssembly();
        var revision = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            revision = reader.GetInt64(InstanceAssembly.ColumnCount);
            if (!reader.IsDBNull(0))
            {
                assembly.Take(new PostgresRow(reader));
            }
        }
        return (revision, assembly.Finish());
    }

    /// <returns>The server's revision, and the port or why there is none.</returns>
    public static async ValueTask<(long Revision, PortAnswer Answer)> FindPortAsync(
        NpgsqlConnection connection,
        (NetworkScope Scope, GuestAddress Address) question,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(connection, Ports, question);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
        {
            // Without its one row the revision is not known, nor is this an inventory.
            return (0, Refusal.PortDirectoryUnavailable);
        }
        var revision = row.GetInt64(0);
        if (row.IsDBNull(1))
        {
            return (revision, Refusal.PortNotFound);
        }
        var port = new Port(row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4))
        {
            MacAddresses = Port.ReadMacAddresses(row.GetString(5)),
        };
        return (
            revision,
            await row.ReadAsync(cancellationToken) ? Refusal.PortAmbiguous
            : port.DeviceId.Length == 0 ? Refusal.PortWithoutDevice
            : port
        );
    }

    /// <returns>The server's revision, and the answer to both questions.</returns>
    public static async ValueTask<(long Revision, GuestAnswer Answer)> FindGuestAsync(
        NpgsqlConnection connection,
        (NetworkScope Scope, GuestAddress Address) question,
        CancellationToken cancellationToken
    )
    {
        await using var command = Command(connection, Guests, question);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var assembly = new GuestAssembly();
        var revision = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            revision = reader.GetInt64(GuestAssembly.ColumnCount);
            assembly.Take(new PostgresRow(reader));
        }
        return (revision, assembly.Finish());
    }

    static NpgsqlCommand Command(
        NpgsqlConnection connection,
        ImmutableArray<string> statements,
        (NetworkScope Scope, GuestAddress Address) question
    )
    {
        var (scope, address) = question;
#pragma warning disable CA2100 // One of four constants.
        var command = new NpgsqlCommand(statements[PortQueries.NumberOf(scope, address)], connection);
#pragma warning restore CA2100
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = scope.Id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = address.Text });
        return command;
    }
}
