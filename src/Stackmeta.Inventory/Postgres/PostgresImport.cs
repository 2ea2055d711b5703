using System.Collections.Immutable;
using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace Stackmeta.Inventory;

/// <summary>Takes a large document in one transaction: by the rules beside the server, then by COPY into it.</summary>
sealed class PostgresImport(PostgresCommands sql, ImportOptions options, IProgress<ImportProgress>? progress)
{
    // A COPY of millions of rows has the server check as many references at its end.
    static readonly TimeSpan CopyTimeout = TimeSpan.FromMinutes(10);

    // How many rows pass between two reports of progress.
    const int ReportEvery = 1_000;

    readonly LastProgress _progress = new(progress);

    public async ValueTask<ImmutableArray<Objection>> RunAsync(
        Stream document,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        using var staging = new ImportStaging(time);
        foreach (var table in StoredTable.All)
        {
            if (!options.Replace)
            {
                await using var command = Command(table.SelectKnown);
                await using var rows = await command.ExecuteReaderAsync(cancellationToken);
                await staging.LearnAsync(table, rows, cancellationToken);
            }
            if (table.IsNumbered)
            {
                staging.SetCounter(table, await CounterAsync(table));
            }
        }
        var objections = await staging.Inventory.ImportAsync(
            document,
            options with
            {
                Replace = false,
            },
            _progress,
            cancellationToken
        );
        if (!objections.IsEmpty)
        {
            return objections;
        }
        var sent = 0L;
        foreach (var table in StoredTable.All)
        {
            using var select = staging.SelectNew(table);
            using var rows = select.ExecuteReader();
            sent = await CopyAsync(table, rows, sent, cancellationToken);
            if (table.IsNumbered && staging.Counter(table) is > 0 and var counter)
            {
                await sql.ScalarAsync("SELECT setval(pg_get_serial_sequence(@p1, 'number'), @p2)", table.Name, counter);
            }
        }
        _progress.ReportSent(sent);
        return [];
    }

    async Task<long> CopyAsync(StoredTable table, DbDataReader rows, long sent, CancellationToken cancellationToken)
    {
        await using var copy = await sql.Connection.BeginBinaryImportAsync(
            $"COPY {table.Name} ({table.ColumnList}) FROM STDIN (FORMAT BINARY)",
            cancellationToken
        );
        copy.Timeout = CopyTimeout;
        while (await rows.ReadAsync(cancellationToken))
        {
            await copy.StartRowAsync(cancellationToken);
            for (var i = 0; i < table.Columns.Length; i++)
            {
                if (rows.IsDBNull(i))
                {
                    await copy.WriteNullAsync(cancellationToken);
                    continue;
                }
                switch (table.Columns[i].Kind)
                {
                    case ColumnKind.Number:
                        await copy.WriteAsync(rows.GetInt64(i), NpgsqlDbType.Bigint, cancellationToken);
                        break;
                    case ColumnKind.Bytes:
                        await copy.WriteAsync(rows.GetFieldValue<byte[]>(i), NpgsqlDbType.Bytea, cancellationToken);
                        break;
                    default:
                        await copy.WriteAsync(rows.GetString(i), NpgsqlDbType.Text, cancellationToken);
                        break;
                }
            }
            if (++sent % ReportEvery == 0)
            {
                _progress.ReportSent(sent);
            }
        }
        await copy.CompleteAsync(cancellationToken);
        return sent;
    }

    async ValueTask<long> CounterAsync(StoredTable table) =>
        (long?)
            await sql.ScalarAsync(
                "SELECT pg_sequence_last_value(pg_get_serial_sequence(@p1, 'number')::regclass)",
                table.Name
            )
        ?? 0;

#pragma warning disable CA2100 // Names of our own tables.
    NpgsqlCommand Command(string text) => new(text, sql.Connection);
#pragma warning restore CA2100

    /// <summary>Hands progress on, and remembers how far reading has come while rows are sent.</summary>
    sealed class LastProgress(IProgress<ImportProgress>? progress) : IProgress<ImportProgress>
    {
        ImportProgress _last;

        public void Report(ImportProgress value)
        {
            _last = value;
            progress?.Report(value);
        }

        public void ReportSent(long rows) => Report(_last with { Sent = rows });
    }
}
