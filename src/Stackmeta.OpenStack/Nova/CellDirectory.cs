using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Refusals;

namespace Stackmeta.OpenStack;

/// <summary>
/// Which cell's database holds an instance: asked of the API database and remembered, since it changes only by a resize between
/// cells, which the cell's own rows betray (spec/nova-metadata.md §7.1).
/// </summary>
sealed class CellDirectory(NovaDatabaseOptions options, ILogger log, TimeProvider time) : IAsyncDisposable
{
    const string MappingQuery = """
        SELECT c.uuid, c.name, c.database_connection FROM instance_mappings m
        LEFT JOIN cell_mappings c ON c.id = m.cell_id WHERE m.instance_uuid = @instance
        """;

    readonly GuardedDatabase? _api =
        options.ApiDatabase is null || options.LocalMetadataPerCell
            ? null
            : Open("Nova's API database", options.ApiDatabase, options.ApiPool, options, log, time);

    readonly CellDatabase? _default = options.CellDatabase is null
        ? null
        : new CellDatabase(Open("Nova's database", options.CellDatabase, options.CellPool, options, log, time), log);

    // A pool per cell and URL, made when the first instance of the cell is asked for. A cell whose URL changes gets a new one.
    readonly ConcurrentDictionary<(string Cell, string Url), Lazy<CellDatabase?>> _cells = new();

    readonly RecentDictionary<CellDatabase> _remembered = new(capacity: 1 << 16);

    /// <summary>The cell of an instance, from memory if it is there.</summary>
    /// <returns>Null and <see cref="Refusal.None"/> when there is no database where it could be.</returns>
    public async ValueTask<(CellDatabase? Cell, bool IsRemembered, Refusal Refusal)> FindAsync(
        string uuid,
        CancellationToken cancellationToken
    )
    {
        if (_api is null)
        {
            return (_default, false, Refusal.None);
        }
        if (_remembered.TryGet(uuid, out var remembered))
        {
            return (remembered, true, Refusal.None);
        }
        var (mapping, refusal) = await _api.RunAsync(
            async (connection, cancellation) =>
            {
                await using var command = connection.CreateCommand();
                command.CommandText = MappingQuery;
                command.Add("instance", uuid);
                await using var row = await command.ExecuteReaderAsync(cancellation);
                return await row.ReadAsync(cancellation)
                    ? new Mapping(row.Text("uuid"), row.Text("name"), row.Text("database_connection"))
                    : null;
            },
            cancellationToken
        );
        if (refusal != Refusal.None)
        {
            return (null, false, refusal);
        }
        if (mapping?.CellUuid is null)
        {
            // No mapping at all, or one of an instance that is not scheduled yet: Nova looks into its own database, and so is done here.
            if (mapping is null)
            {
                log.MappingMissing(uuid);
            }
            return (_default, false, Refusal.None);
        }
        if (CellOf(mapping) is not { } cell)
        {
            return (null, false, Refusal.InstanceSourceFailed);
        }
        _remembered.Set(uuid, cell);
        return (cell, false, Refusal.None);
    }

    /// <summary>Forgets where an instance is, after its cell did not have it.</summary>
    public void Forget(string uuid) => _remembered.Remove(uuid);

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
        {
            await _api.DisposeAsync();
        }
        if (_default is not null)
        {
            await _default.DisposeAsync();
        }
        foreach (var cell in _cells.Values)
        {
            if (cell.Value is { } database)
            {
                await database.DisposeAsync();
            }
        }
    }

    CellDatabase? CellOf(Mapping mapping) =>
        _cells
            .GetOrAdd(
                (mapping.CellUuid!, mapping.Url ?? ""),
                static (key, arguments) =>
                    new(() => arguments.Directory.OpenCell(arguments.Mapping.CellName ?? key.Cell, key.Url)),
                (Directory: this, Mapping: mapping)
            )
            .Value;

    CellDatabase? OpenCell(string name, string template)
    {
        if (!CellUrlTemplate.TryExpand(template, options.CellDatabaseText, out var url))
        {
            log.TemplateUnusable(name);
        }
        try
        {
            var parsed = DatabaseUrl.Parse(url);
            if (options.ConnectionParameters.Length > 0)
            {
                parsed = parsed.With(options.ConnectionParameters);
            }
            return new(Open($"The database of cell {name}", parsed, options.CellPool, options, log, time), log);
        }
        catch (FormatException error)
        {
            log.CellUrlUnusable(name, error.Message);
            return null;
        }
    }

    static GuardedDatabase Open(
        string name,
        DatabaseUrl url,
        DatabasePool pool,
        NovaDatabaseOptions options,
        ILogger log,
        TimeProvider time
    ) => new(name, new(url, pool), options.Deadline, log, time);

    sealed record Mapping(string? CellUuid, string? CellName, string? Url);
}
