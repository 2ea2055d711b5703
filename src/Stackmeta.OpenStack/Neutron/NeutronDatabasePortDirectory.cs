using Microsoft.Extensions.Logging;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.OpenStack;

/// <summary>
/// The second question answered by Neutron's own database, in one query (spec/neutron-metadata.md §4.3). A read-only user is enough.
/// </summary>
public sealed class NeutronDatabasePortDirectory : INetworkPortDirectory, IAsyncDisposable
{
    const string Columns = "p.id, p.network_id, p.device_id, p.project_id, p.mac_address";

    /// <summary>A row for each of a port's allowed address pairs, and one for a port without.</summary>
    const string Pairs = "x.mac_address AS pair_mac_address";
    const string JoinPairs = "LEFT JOIN allowedaddresspairs x ON x.port_id = p.id";

    readonly GuardedDatabase _database;

    /// <param name="database">neutron.conf's <c>[database] connection</c>.</param>
    /// <param name="pool">Its pool.</param>
    /// <param name="deadline">How long one look-up may take.</param>
    /// <exception cref="FormatException">The URL has a parameter that is not understood.</exception>
    public NeutronDatabasePortDirectory(
        DatabaseUrl database,
        DatabasePool pool,
        TimeSpan deadline,
        ILogger<NeutronDatabasePortDirectory> log,
        TimeProvider time
    ) => _database = new("Neutron's database", new(database, pool), deadline, log, time);

    /// <inheritdoc/>
    public async ValueTask<PortAnswer> FindPortAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    )
    {
        var (ports, refusal) = await _database.RunAsync(
            async (connection, cancellation) =>
            {
                await using var command = connection.CreateCommand();
                command.CommandText = Text(scope, address);
                command.Add("scope", scope.Id);
                command.Add("address", address.Text);
                await using var row = await command.ExecuteReaderAsync(cancellation);
                var found = new NeutronPortRows();
                while (await row.ReadAsync(cancellation))
                {
                    found.Add(row);
                }
                return found.ToPorts();
            },
            cancellationToken
        );
        return (refusal, ports) switch
        {
            (Refusal.None, [{ DeviceId.Length: 0 }]) => Refusal.PortWithoutDevice,
            (Refusal.None, [var port]) => port.ToPort(),
            (Refusal.None, []) => Refusal.PortNotFound,
            (Refusal.None, _) => Refusal.PortAmbiguous,
            _ => Refusal.PortDirectoryUnavailable,
        };
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<GuestAddress, PortAnswer>?> FindPortsAsync(
        NetworkScope scope,
        CancellationToken cancellationToken
    )
    {
        var (ports, _) = await _database.RunAsync(
            async (connection, cancellation) =>
            {
                await using var command = connection.CreateCommand();
                command.CommandText =
                    $"SELECT {Columns}, {Pairs}, a.ip_address FROM ports p "
                    + $"LEFT JOIN ipallocations a ON a.port_id = p.id {JoinPairs} WHERE {Networks(scope)}";
                command.Add("scope", scope.Id);
                await using var row = await command.ExecuteReaderAsync(cancellation);
                var found = new NeutronPortRows();
                while (await row.ReadAsync(cancellation))
                {
                    found.Add(row, row.Text("ip_address"));
                }
                return found.ToPorts();
            },
            cancellationToken
        );
        return ports is null ? null : PortsByAddress.Of(ports);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    // Two rows say already that there is not exactly one.
    static string Text(NetworkScope scope, GuestAddress address) =>
        address.IsMacAddress
            ? WithPairs($"WHERE {Networks(scope)} AND LOWER(p.mac_address) = @address")
            : WithPairs(
                $"JOIN ipallocations a ON a.port_id = p.id WHERE {Networks(scope)} AND a.ip_address = @address"
            );

    static string WithPairs(string conditions) =>
        $"SELECT {Columns}, {Pairs} FROM (SELECT DISTINCT {Columns} FROM ports p {conditions} LIMIT 2) p {JoinPairs}";

    static string Networks(NetworkScope scope) =>
        scope.Kind == NetworkScopeKind.Network
            ? "p.network_id = @scope"
            : $"p.network_id IN (SELECT r.network_id FROM ports r WHERE r.device_id = @scope AND r.device_owner IN ({string.Join(", ", RouterInterface.Owners.Select(owner => $"'{owner}'"))}))";
}
