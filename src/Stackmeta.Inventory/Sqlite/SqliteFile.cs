using Microsoft.Data.Sqlite;
using Stackmeta.Core.Logging;

namespace Stackmeta.Inventory;

/// <summary>The file of an inventory: making it, bringing it up to date, connections to it.</summary>
sealed class SqliteFile(string path, SqliteInventoryOptions options)
{
    // Microsoft.Data.Sqlite repeats a statement that finds the file locked, blocking the thread, for so many seconds.
    // It is the smallest that it takes; what must not block goes to SQLite directly.
    const int CommandTimeoutSeconds = 1;

    // Opening may have to wait while another process makes or upgrades the same file.
    const int OpenTimeoutSeconds = 10;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public bool IsReadOnly => options.ReadOnly;

    /// <summary>Makes the file if need be, and brings it up to date.</summary>
    /// <exception cref="InventoryException"/>
    public void Prepare(TimeProvider time)
    {
        var folder = System.IO.Path.GetDirectoryName(Path)!;
        if (!Directory.Exists(folder))
        {
            throw new InventoryException(
                InventoryTrouble.DirectoryMissing,
                $"There is no folder {folder} for the inventory; make it, or name another data folder."
            );
        }
        try
        {
            if (!File.Exists(Path) && options is { CreateIfMissing: true, ReadOnly: false })
            {
                CreateEmpty();
            }
            using var connection = Open(OpenTimeoutSeconds);
            if (!options.ReadOnly)
            {
                Upgrade(connection, time);
            }
            CheckVersion(connection);
        }
        catch (SqliteException e)
        {
            throw SqliteTrouble.From(e, Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InventoryException(
                InventoryTrouble.CannotOpen,
                $"The inventory {Path} cannot be made: {SystemReason.Of(e)}.",
                e
            );
        }
    }

    /// <exception cref="SqliteException"/>
    public SqliteConnection Open() => Open(CommandTimeoutSeconds);

    SqliteConnection Open(int timeoutSeconds)
    {
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = Path,
            Mode = options.ReadOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite,
            DefaultTimeout = timeoutSeconds,
            ForeignKeys = true,
            // Readers are pooled here, with their prepared statements.
            Pooling = false,
        };
        var connection = new SqliteConnection(text.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// SQLite would make the file readable by all; it holds keys, user data and passwords. Its -wal and -shm get the same mode.
    /// </summary>
    void CreateEmpty()
    {
        try
        {
            using var file = new FileStream(
                Path,
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }
            );
        }
        catch (IOException) when (File.Exists(Path))
        {
            // Another process was faster.
        }
    }

    static void Upgrade(SqliteConnection connection, TimeProvider time)
    {
        var isNew = Scalar(connection, "SELECT count(*) FROM sqlite_schema") == 0;
        if (isNew)
        {
            Execute(connection, "PRAGMA journal_mode = WAL");
        }
        else if (Scalar(connection, "PRAGMA application_id") != SqliteMigrations.ApplicationId)
        {
            // CheckVersion says so.
            return;
        }
        foreach (var (number, name, sql) in SqliteMigrations.All)
        {
            if (!isNew && Newest(connection) >= number)
            {
                continue;
            }
            using var transaction = connection.BeginTransaction(deferred: false);
            Execute(connection, SqliteMigrations.RecordTable);
            // Another process may have been faster.
            if (Newest(connection) < number)
            {
                Execute(connection, $"PRAGMA application_id = {SqliteMigrations.ApplicationId}");
                Execute(connection, sql);
                using var record = connection.CreateCommand();
                record.CommandText = "INSERT INTO migrations (number, name, applied_at) VALUES (@p1, @p2, @p3)";
                record.Parameters.AddWithValue("@p1", number);
                record.Parameters.AddWithValue("@p2", name);
                record.Parameters.AddWithValue("@p3", time.GetUtcNow().ToString("O"));
                record.ExecuteNonQuery();
            }
            transaction.Commit();
        }
    }

    void CheckVersion(SqliteConnection connection)
    {
        if (Scalar(connection, "PRAGMA application_id") != SqliteMigrations.ApplicationId)
        {
            throw new InventoryException(
                InventoryTrouble.NotAnInventory,
                $"{Path} is not an inventory; move it away, or name another data folder."
            );
        }
        var newest = Newest(connection);
        var known = SqliteMigrations.All[^1].Number;
        if (newest > known)
        {
            throw new InventoryException(
                InventoryTrouble.NewerVersion,
                $"The inventory {Path} was upgraded to version {newest} by a newer stackmeta, and this one knows {known}; use the newer program."
            );
        }
        if (newest < known)
        {
            throw new InventoryException(
                InventoryTrouble.ReadOnly,
                $"The inventory {Path} is of version {newest} and must be upgraded to {known}; open it once for writing."
            );
        }
    }

    static long Newest(SqliteConnection connection) =>
        Scalar(connection, "SELECT coalesce(max(number), 0) FROM migrations");

    static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = Command(connection, sql);
        return (long)command.ExecuteScalar()!;
    }

    static void Execute(SqliteConnection connection, string sql)
    {
        using var command = Command(connection, sql);
        command.ExecuteNonQuery();
    }

    static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a constant of this project.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
