using System.Data.Common;
using Microsoft.Extensions.Logging;
using Stackmeta.Inventory;
using Stackmeta.Metadata;

namespace Stackmeta.OpenStack;

/// <summary>
/// The second question answered by Neutron's own database, in one query (spec/neutron-metadata.md §4.3). A read-only user is enough.
/// </summary>
public sealed class NeutronDatabasePortDirectory : INetworkPortDirectory, IAsyncDisposable
{
    const string Query = "SELECT DISTINCT p.id, p.network_id, p.device_id, p.project_id FROM ports p ";

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
                var found = new List<Port>(2);
                while (await row.ReadAsync(cancellation))
                {
                    found.Add(Read(row));
                }
                return found;
            },
            cancellationToken
        );
        return (refusal, ports) switch
        {
            (Refusal.None, [{ DeviceId.Length: 0 }]) => Refusal.PortWithoutDevice,
            (Refusal.None, [var port]) => port,
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
                    "SELECT p.id, p.network_id, p.device_id, p.project_id, p.mac_address, a.ip_address FROM ports p "
                    + $"LEFT JOIN ipallocations a ON a.port_id = p.id WHERE {Networks(scope)}";
                command.Add("scope", scope.Id);
                await using var row = await command.ExecuteReaderAsync(cancellation);
                var found = new PortsByAddress();
                while (await row.ReadAsync(cancellation))
                {
                    found.Add(Read(row), row.Text("mac_address") ?? "", [row.Text("ip_address")]);
                }
                return found;
            },
            cancellationToken
        );
        return ports?.ToAnswers();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    // Two rows say already that there is not exactly one.
    static string Text(NetworkScope scope, GuestAddress address) =>
        address.IsMacAddress
            ? $"{Query}WHERE {Networks(scope)} AND LOWER(p.mac_address) = @address LIMIT 2"
            : $"{Query}JOIN ipallocations a ON a.port_id = p.id WHERE {Networks(scope)} AND a.ip_address = @address LIMIT 2";

    static string Networks(NetworkScope scope) =>
        scope.Kind == NetworkScopeKind.Network
            ? "p.network_id = @scope"
            : $"p.network_id IN (SELECT r.network_id FROM ports r WHERE r.device_id = @scope AND r.device_owner IN ({string.Join(", ", RouterInterface.Owners.Select(owner => $"'{owner}'"))}))";

    static Port Read(DbDataReader row) =>
        new(row.Text("id")!, row.Text("network_id")!, row.Text("device_id") ?? "", row.Text("project_id") ?? "");
}
