using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace Stackmeta.Inventory;

/// <summary>
/// Follows the changes in an SQLite file. SQLite tells nobody that another process has written, but says for a few microseconds
/// whether one has since the last time (<c>PRAGMA data_version</c>, sqlite.org/pragma.html); only then is the log of changes read.
/// </summary>
sealed class SqliteChanges(SqliteFile file, TimeSpan interval, TimeProvider time) : IInventoryChanges
{
    static readonly InventoryChange[] EverythingChanged = [new(InventoryChangeKind.Everything, "")];

    public async IAsyncEnumerable<IReadOnlyList<InventoryChange>> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var follower = new Follower(file);
        // While the store is in trouble, nothing is known; once it is not, everything may have changed.
        while (!await follower.TryStartAsync())
        {
            await Task.Delay(interval, time, cancellationToken);
        }
        yield return EverythingChanged;
        while (true)
        {
            await Task.Delay(interval, time, cancellationToken);
            if (await follower.ReadAsync() is { Count: > 0 } changes)
            {
                yield return changes;
            }
        }
    }

    /// <summary>One follower's connection and how far it has read.</summary>
    sealed class Follower(SqliteFile file) : IDisposable
    {
        SqliteConnection? _connection;
        SqlCommands? _commands;
        long _version;
        long _position;

        public async ValueTask<bool> TryStartAsync()
        {
            try
            {
                await OpenAsync();
                _position = await ChangeTable.NewestAsync(_commands!);
                return true;
            }
            catch (SqliteException)
            {
                Dispose();
                return false;
            }
        }

        /// <returns>What has changed; empty when nothing has, or nothing can be read now.</returns>
        public async ValueTask<IReadOnlyList<InventoryChange>> ReadAsync()
        {
            try
            {
                var isReopened = _commands is null;
                if (isReopened)
                {
                    await OpenAsync();
                }
                var version = await VersionAsync();
                if (version == _version && !isReopened)
                {
                    return [];
                }
                var changes = await ReadLogAsync();
                _version = version;
                return changes;
            }
            catch (SqliteException)
            {
                Dispose();
                return [];
            }
        }

        public void Dispose()
        {
            _commands?.Dispose();
            _connection?.Dispose();
            (_commands, _connection) = (null, null);
        }

        async ValueTask OpenAsync()
        {
            Dispose();
            _connection = file.Open();
            _commands = new SqlCommands(_connection);
            _version = await VersionAsync();
        }

        async ValueTask<long> VersionAsync() => (long)(await _commands!.ScalarAsync("PRAGMA data_version"))!;

        async ValueTask<IReadOnlyList<InventoryChange>> ReadLogAsync()
        {
            var rows = await ChangeTable.AfterAsync(_commands!, _position);
            if (rows.Count == 0)
            {
                // Either nothing of ours was changed, or the file was replaced by an older one.
                var newest = await ChangeTable.NewestAsync(_commands!);
                var isOlder = newest < _position;
                _position = newest;
                return isOlder ? EverythingChanged : [];
            }
            var isComplete = rows[0].Number == _position + 1;
            _position = rows[^1].Number;
            if (!isComplete || rows.Exists(row => row.Change.Kind == InventoryChangeKind.Everything))
            {
                return EverythingChanged;
            }
            return [.. rows.Select(row => row.Change).Distinct()];
        }
    }
}
