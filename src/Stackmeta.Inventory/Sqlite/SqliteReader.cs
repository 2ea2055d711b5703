using Microsoft.Data.Sqlite;

namespace Stackmeta.Inventory;

/// <summary>A connection for reading with all its statements. Used by one caller at a time.</summary>
sealed class SqliteReader : IDisposable
{
    readonly SqliteConnection _connection;

    /// <exception cref="InventoryException"/>
    public SqliteReader(SqliteFile file)
    {
        try
        {
            _connection = file.Open();
            Commands = new SqlCommands(_connection);
            Ports = new PortQueries(_connection.Handle!, file.Path);
            Instances = new InstanceQuery(_connection.Handle!, file.Path);
            Guests = new GuestQueries(_connection.Handle!, file.Path);
        }
        catch (Exception e)
        {
            Dispose();
            throw e is SqliteException trouble ? SqliteTrouble.From(trouble, file.Path) : e;
        }
    }

    public SqlCommands Commands { get; } = null!;

    public PortQueries Ports { get; } = null!;

    public InstanceQuery Instances { get; } = null!;

    public GuestQueries Guests { get; } = null!;

    public void Dispose()
    {
        Guests?.Dispose();
        Ports?.Dispose();
        Instances?.Dispose();
        Commands?.Dispose();
        _connection?.Dispose();
    }
}
