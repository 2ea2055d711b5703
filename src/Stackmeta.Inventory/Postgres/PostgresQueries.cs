using System.Collections.Immutable;
using Npgsql;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Inventory;

/// <summary>
/// The two questions on PostgreSQL, a statement and a round trip each. Every statement tells the server's revision too, on a row of
/// its own where nothing else is found: a replica may be behind what this process knows.
/// </summary>
static class PostgresQueries
{
    public static string InstanceById { get; } =
        $"""
            SELECT {InstanceAssembly.Columns}, r.number
            FROM revision r
            LEFT JOIN instances i ON i.id = $1
            {InstanceAssembly.Joins}
            {InstanceAssembly.Order}
            """;

    static readonly ImmutableArray<string> Ports =
    [
        .. PortStatements.All.Select(found =>
            $"SELECT r.number, p.* FROM revision r LEFT JOIN LATERAL ({found}) p ON TRUE"
        ),
    ];

    static readonly ImmutableArray<string> Guests =
    [
        .. PortStatements.All.Select(found =>
            $"""
                SELECT {GuestAssembly.Columns}, r.number
                FROM revision r
                LEFT JOIN LATERAL ({found}) g ON TRUE
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
        await using var command = Command(connection, InstanceById, instanceId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var assembly = new InstanceAssembly(new(new DbRow(reader)));
        var revision = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            revision = reader.GetInt64(InstanceAssembly.ColumnCount);
            if (!reader.IsDBNull(0))
            {
                assembly.Take();
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
        var port = PortStatements.Columns.Read(new FieldReader(new DbRow(row)).At(1));
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
        var assembly = new GuestAssembly(new(new DbRow(reader)));
        var revision = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            revision = reader.GetInt64(GuestAssembly.ColumnCount);
            assembly.Take();
        }
        return (revision, assembly.Finish());
    }

    static NpgsqlCommand Command(
        NpgsqlConnection connection,
        ImmutableArray<string> statements,
        (NetworkScope Scope, GuestAddress Address) question
    ) =>
        Command(
            connection,
            statements[PortStatements.NumberOf(question.Scope, question.Address)],
            question.Scope.Id,
            question.Address.Text
        );

    static NpgsqlCommand Command(NpgsqlConnection connection, string statement, params ReadOnlySpan<string> parameters)
    {
#pragma warning disable CA2100 // One of those above.
        var command = new NpgsqlCommand(statement, connection);
#pragma warning restore CA2100
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = value });
        }
        return command;
    }
}
