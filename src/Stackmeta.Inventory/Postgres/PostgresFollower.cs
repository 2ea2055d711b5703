using Microsoft.Extensions.Logging;
using Npgsql;

namespace Stackmeta.Inventory;

/// <summary>One follower: its connection, and how far it has read the log of changes. Used by one caller at a time.</summary>
sealed class PostgresFollower(PostgresDatabase database, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    static readonly InventoryChange[] EverythingChanged = [new(InventoryChangeKind.Everything, "")];

    NpgsqlConnection? _connection;
    bool _isListening;

    // Set by the driver while a statement of ours runs or while we wait, always on the flow that uses the connection.
    bool _isNotified;

    // The server that was read last; null when not known.
    string? _server;

    // The number of the newest change that was told; null where all that is kept may be untrue.
    long? _position;

    bool _inTrouble;
    bool _saidThatNothingNotifies;

    /// <summary>Waits for changes and returns them; nothing when there are none, or nothing can be read now.</summary>
    public async ValueTask<IReadOnlyList<InventoryChange>> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_connection is null)
            {
                await ConnectAsync(cancellationToken);
            }
            else if (!_isNotified)
            {
                await WaitAsync(_connection, cancellationToken);
            }
            // Before reading: what is notified while the log is read may have come too late for it.
            _isNotified = false;
            var changes = await ReadLogAsync(_connection!, cancellationToken);
            NoteAnswer();
            return changes;
        }
        catch (Exception e) when (PostgresTrouble.IsTrouble(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            NoteTrouble(e);
            await DisposeAsync();
            await Task.Delay(database.Options.ReconnectPause, time, cancellationToken);
            return [];
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    async ValueTask ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = await database.Alone.OpenConnectionAsync(cancellationToken);
        try
        {
            connection.Notification += (_, _) => _isNotified = true;
            _isListening = await TryListenAsync(connection, cancellationToken);
            var server = await PostgresChangeLog.ServerAsync(connection, cancellationToken);
            if (server is null || server != _server)
            {
                // A standby that took over without the last changes may have given their numbers to others meanwhile.
                _position = null;
            }
            _server = server;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
        _connection = connection;
    }

    async ValueTask<bool> TryListenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand($"LISTEN {PostgresDatabase.Channel}", connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }
        catch (PostgresException e) when (PostgresTrouble.IsUnknownThere(e))
        {
            if (!_saidThatNothingNotifies)
            {
                _saidThatNothingNotifies = true;
                Log.NothingNotifies(logger, database.Options.PollInterval.TotalSeconds);
            }
            return false;
        }
    }

    async ValueTask WaitAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (_isListening)
        {
            await connection.WaitAsync(database.Options.LostAfter, cancellationToken);
        }
        else
        {
            await Task.Delay(database.Options.PollInterval, time, cancellationToken);
        }
    }

    async ValueTask<IReadOnlyList<InventoryChange>> ReadLogAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        var known = database.KnownRevision;
        var (newest, rows) = await PostgresChangeLog.ReadAsync(
            connection,
            _position ?? long.MaxValue,
            cancellationToken
        );
        if (_position is not { } position || newest < position)
        {
            _position = newest;
            database.ReplaceRevision(known, newest);
            return EverythingChanged;
        }
        if (rows.Count == 0)
        {
            return [];
        }
        _position = rows[^1].Number;
        // Before anybody is told: who then asks anew must not get an answer from before the change.
        database.NoteRevision(_position.Value);
        return rows[0].Number != position + 1 || rows.Exists(row => row.Change.Kind == InventoryChangeKind.Everything)
            ? EverythingChanged
            : [.. rows.Select(row => row.Change).Distinct()];
    }

    void NoteTrouble(Exception e)
    {
        database.ChangesTrouble = "not followed now; kept answers are given until they expire";
        if (!_inTrouble)
        {
            _inTrouble = true;
            Log.ChangesNotFollowed(logger, PostgresTrouble.From(e, database.Url).Message);
        }
    }

    void NoteAnswer()
    {
        database.ChangesTrouble = _isListening
            ? ""
            : $"looked for every {database.Options.PollInterval.TotalSeconds} s, since the server notifies nobody";
        if (_inTrouble)
        {
            _inTrouble = false;
            Log.ChangesFollowedAgain(logger);
        }
    }
}
