using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.OpenStack;

/// <summary>
/// Names of an instance's security groups from Neutron's own database, in one query, in the order in which its REST API tells them: by
/// the ids of the ports, which it sorts by unasked, and of each port's groups (spec/nova-metadata.md §7.8). A read-only user is enough.
/// </summary>
public sealed class NeutronDatabaseSecurityGroupNames : ISecurityGroupNames, IAsyncDisposable
{
    // A group without a name is shown by its id.
    const string Query = """
        SELECT g.id, g.name FROM ports p
        JOIN securitygroupportbindings b ON b.port_id = p.id
        JOIN securitygroups g ON g.id = b.security_group_id
        WHERE p.device_id = @device ORDER BY p.id, g.id
        """;

    readonly GuardedDatabase _database;
    readonly ISecurityGroupNames? _otherwise;

    /// <param name="options">neutron.conf's <c>[database]</c>.</param>
    /// <param name="otherwise">Who is asked while the database cannot be; null for nobody.</param>
    /// <param name="log">Where trouble is told.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="FormatException">The URL has a parameter that is not understood.</exception>
    public NeutronDatabaseSecurityGroupNames(
        NeutronDatabaseOptions options,
        ISecurityGroupNames? otherwise,
        ILogger<NeutronDatabaseSecurityGroupNames> log,
        TimeProvider time
    )
    {
        _database = new("Neutron's database", new(options.Url, options.Pool), options.Deadline, log, time);
        _otherwise = otherwise;
    }

    /// <inheritdoc/>
    public async ValueTask<SecurityGroupAnswer> FindNamesAsync(string instanceId, CancellationToken cancellationToken)
    {
        var (names, refusal) = await _database.RunAsync(
            async (connection, cancellation) =>
            {
                await using var command = connection.CreateCommand();
                command.CommandText = Query;
                command.Add("device", instanceId);
                await using var row = await command.ExecuteReaderAsync(cancellation);
                var found = ImmutableArray.CreateBuilder<string>();
                while (await row.ReadAsync(cancellation))
                {
                    found.Add(row.Text("name") is { Length: > 0 } name ? name : row.Text("id")!);
                }
                return found;
            },
            cancellationToken
        );
        return refusal == Refusal.None ? new(names!.ToImmutable(), Refusal.None)
            : _otherwise is null ? new(default, Refusal.SecurityGroupsUnavailable)
            : await _otherwise.FindNamesAsync(instanceId, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
