using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Stackmeta.Inventory;

/// <summary>Transactions on SQLite. One writes at a time, in this process by a semaphore, among processes by SQLite's lock.</summary>
sealed class SqliteStore(SqliteFile file, SqliteReaders readers, SqliteInventoryOptions options, TimeProvider time)
    : IInventoryStore,
        IDisposable
{
    // FULL is SQLite's default, said again because it matters: a password that was accepted must survive a power cut.
    const string Begin = "PRAGMA synchronous = FULL; BEGIN IMMEDIATE";

    // Between two attempts to get the lock that another process holds. Most writers hold it for a few milliseconds.
    static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(5);

    readonly SemaphoreSlim _writing = new(1, 1);

    // Opened at the first write, closed when it failed. Guarded by _writing.
    (SqliteConnection Connection, SqlCommands Commands)? _writer;

    public async ValueTask<T> ReadAsync<T>(
        Func<InventorySession, ValueTask<T>> work,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        var reader = readers.Take();
        try
        {
            await reader.Commands.ExecuteAsync("BEGIN");
            var result = await work(new InventorySession(reader.Commands));
            await reader.Commands.ExecuteAsync("COMMIT");
            readers.GiveBack(reader);
            return result;
        }
        catch (SqliteException e)
        {
            reader.Dispose();
            throw SqliteTrouble.From(e, file.Path);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public async ValueTask<Outcome<T>> WriteAsync<T>(
        Func<InventorySession, ValueTask<Outcome<T>>> work,
        CancellationToken cancellationToken
    )
        where T : class
    {
        if (!await _writing.WaitAsync(options.WriteWait, cancellationToken))
        {
            throw SqliteTrouble.From(raw.SQLITE_BUSY, file.Path);
        }
        try
        {
            var (connection, commands) = _writer ??= OpenWriter();
            await BeginAsync(connection, cancellationToken);
            var session = new InventorySession(commands);
            var outcome = await work(session);
            if (!outcome.IsRefused)
            {
                await ChangeTable.AppendAsync(commands, session.Changes);
            }
            await commands.ExecuteAsync(outcome.IsRefused ? "ROLLBACK" : "COMMIT");
            return outcome;
        }
        catch (SqliteException e)
        {
            CloseWriter();
            throw SqliteTrouble.From(e, file.Path);
        }
        catch
        {
            // Closing it rolls back what was begun.
            CloseWriter();
            throw;
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose()
    {
        CloseWriter();
        _writing.Dispose();
    }

    (SqliteConnection Connection, SqlCommands Commands) OpenWriter()
    {
        var connection = file.Open();
        return (connection, new SqlCommands(connection));
    }

    void CloseWriter()
    {
        _writer?.Commands.Dispose();
        _writer?.Connection.Dispose();
        _writer = null;
    }

    /// <summary>Begins to write. While another process does, waits without holding a thread.</summary>
    async ValueTask BeginAsync(SqliteConnection connection, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var code = raw.sqlite3_exec(connection.Handle!, Begin);
            if (code == raw.SQLITE_OK)
            {
                return;
            }
            if (code != raw.SQLITE_BUSY || time.GetElapsedTime(started) >= options.WriteWait)
            {
                throw SqliteTrouble.From(raw.sqlite3_extended_errcode(connection.Handle!), file.Path);
            }
            await Task.Delay(LockPause, time, cancellationToken);
        }
    }
}
