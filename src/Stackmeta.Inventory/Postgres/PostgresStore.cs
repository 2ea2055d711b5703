using System.Collections.Immutable;
using System.Data;
using Npgsql;

namespace Stackmeta.Inventory;

/// <summary>Transactions on PostgreSQL. One at a time changes entries, among all hosts, by the row of <c>write_lock</c>.</summary>
sealed class PostgresStore(PostgresDatabase database, TimeProvider time) : IInventoryStore
{
    // Between two looks for a server that takes what is asked, while another one takes over.
    static readonly TimeSpan _serverPause = TimeSpan.FromMilliseconds(200);

    readonly string _lockTimeout = $"SET LOCAL lock_timeout = {(int)database.Options.WriteWait.TotalMilliseconds}";

    public async ValueTask<T> ReadAsync<T>(
        Func<InventorySession, ValueTask<T>> work,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await using var transaction = await BeginAsync(
                database.Anyone,
                IsolationLevel.RepeatableRead,
                "SET TRANSACTION READ ONLY",
                cancellationToken
            );
            var result = await work(transaction.Session);
            await transaction.CommitAsync();
            return result;
        }
        catch (Exception e) when (PostgresTrouble.IsTrouble(e))
        {
            throw PostgresTrouble.From(e, database.Url);
        }
    }

    public ValueTask<Outcome<T>> WriteAsync<T>(
        Func<InventorySession, ValueTask<Outcome<T>>> work,
        CancellationToken cancellationToken
    )
        where T : class =>
        WriteAsync($"{_lockTimeout}; SELECT number FROM write_lock FOR UPDATE", work, cancellationToken);

    /// <summary>
    /// Changes what needs no rule but that of its own row: does not wait for those who change entries, such as a long import.
    /// </summary>
    public ValueTask<Outcome<T>> WriteBesideAsync<T>(
        Func<InventorySession, ValueTask<Outcome<T>>> work,
        CancellationToken cancellationToken
    )
        where T : class => WriteAsync(_lockTimeout, work, cancellationToken);

    /// <summary>Takes a large document, and has the server look at what its tables hold now.</summary>
    public async ValueTask<ImmutableArray<Objection>> ImportAsync(
        Stream document,
        ImportOptions options,
        IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        var outcome = await WriteAsync<string>(
            async session =>
            {
                if (options.Replace)
                {
                    await Emptying.RunAsync(session);
                }
                var import = new PostgresImport((PostgresCommands)session.Sql, options, progress);
                var objections = await import.RunAsync(document, time, cancellationToken);
                session.Changed(InventoryChangeKind.Everything, "");
                return ImportOutcome.Of(objections, options);
            },
            cancellationToken
        );
        if (!outcome.IsRefused)
        {
            await AnalyzeAsync(cancellationToken);
        }
        return ImportOutcome.ObjectionsOf(outcome);
    }

    /// <summary>The first questions after an import must not be planned as if the tables were empty.</summary>
    async ValueTask AnalyzeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.Primary.CreateCommand(
                $"ANALYZE {string.Join(", ", StoredTable.All.Select(table => table.Name))}"
            );
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (Exception e) when (PostgresTrouble.IsTrouble(e))
        {
            // Autovacuum does it within a minute or so; what was imported is there.
        }
    }

    async ValueTask<Outcome<T>> WriteAsync<T>(
        string first,
        Func<InventorySession, ValueTask<Outcome<T>>> work,
        CancellationToken cancellationToken
    )
        where T : class
    {
        try
        {
            // After the lock each statement must see what the last writer has committed.
            await using var transaction = await BeginAsync(
                database.Primary,
                IsolationLevel.ReadCommitted,
                first,
                cancellationToken
            );
            var outcome = await work(transaction.Session);
            if (outcome.IsRefused)
            {
                return outcome;
            }
            var changes = transaction.Session.Changes;
            var revision =
                changes.Count == 0
                    ? 0
                    : await PostgresChangeLog.AppendAsync(transaction.Connection, changes, database.Notifies);
            await transaction.CommitAsync();
            database.NoteRevision(revision);
            return outcome;
        }
        catch (Exception e) when (PostgresTrouble.IsTrouble(e))
        {
            throw PostgresTrouble.From(e, database.Url);
        }
    }

    /// <summary>
    /// Begins a transaction with its first statement: again when the pooled connection turns out dead, and for a while when no server
    /// takes what is asked, since a primary that restarts or is replaced is soon there.
    /// </summary>
    async ValueTask<OpenTransaction> BeginAsync(
        NpgsqlDataSource servers,
        IsolationLevel level,
        string first,
        CancellationToken cancellationToken
    )
    {
        var begun = time.GetTimestamp();
        for (var isFirst = true; ; isFirst = false)
        {
            OpenTransaction? transaction = null;
            try
            {
                var connection = await servers.OpenConnectionAsync(cancellationToken);
                transaction = new OpenTransaction(connection);
                if (servers == database.Primary)
                {
                    await database.TryNotificationAsync(connection, cancellationToken);
                }
                await transaction.BeginAsync(level, first, cancellationToken);
                return transaction;
            }
            catch (Exception e)
            {
                if (transaction is not null)
                {
                    await transaction.DisposeAsync();
                }
                if (
                    !PostgresTrouble.IsTrouble(e)
                    || !PostgresTrouble.IsDisconnection(e)
                    || time.GetElapsedTime(begun) >= database.Options.WriteWait
                )
                {
                    throw;
                }
            }
            if (isFirst)
            {
                database.ForgetConnections();
            }
            else
            {
                await Task.Delay(_serverPause, time, cancellationToken);
            }
        }
    }

    /// <summary>A connection in a transaction, which is rolled back unless it was committed.</summary>
    sealed class OpenTransaction(NpgsqlConnection connection) : IAsyncDisposable
    {
        readonly PostgresCommands _commands = new(connection);
        NpgsqlTransaction? _transaction;

        public NpgsqlConnection Connection => connection;

        public InventorySession Session => field ??= new InventorySession(_commands);

        public async ValueTask BeginAsync(IsolationLevel level, string first, CancellationToken cancellationToken)
        {
            _transaction = await connection.BeginTransactionAsync(level, cancellationToken);
#pragma warning disable CA2100 // A constant and a number.
            await using var command = new NpgsqlCommand(first, connection);
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        public async ValueTask CommitAsync() => await _transaction!.CommitAsync();

        public async ValueTask DisposeAsync()
        {
            _commands.Dispose();
            if (_transaction is not null)
            {
                await _transaction.DisposeAsync();
            }
            await connection.DisposeAsync();
        }
    }
}
