using System.Data.Common;
using MySqlConnector;
using Npgsql;

namespace Stackmeta.OpenStack;

/// <summary>A pool of connections to one database, whichever kind it is.</summary>
sealed class DatabaseSource : IAsyncDisposable
{
    readonly DbDataSource _connections;

    /// <exception cref="FormatException">The URL has a parameter that is not understood.</exception>
    public DatabaseSource(DatabaseUrl url, DatabasePool pool)
    {
        Url = url;
        _connections =
            url.Kind == DatabaseKind.MySql
                ? new MySqlDataSource(MySqlSettings.ConnectionString(url, pool))
                : PostgreSqlSettings.DataSource(url, pool);
    }

    /// <summary>Looks whether all parameters of a URL are understood; makes no connection.</summary>
    /// <exception cref="FormatException">One is not.</exception>
    public static void Check(DatabaseUrl url)
    {
        var pool = new DatabasePool();
        _ =
            url.Kind == DatabaseKind.MySql
                ? MySqlSettings.ConnectionString(url, pool)
                : PostgreSqlSettings.ConnectionString(url, pool);
    }

    public DatabaseUrl Url { get; }

    public DatabaseKind Kind => Url.Kind;

    /// <summary>An open connection; disposing it gives it back to the pool.</summary>
    public ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken) =>
        _connections.OpenConnectionAsync(cancellationToken);

    /// <summary>Forgets idle connections, which a restarted or failed-over server has left dead.</summary>
    public async ValueTask ClearAsync()
    {
        if (_connections is MySqlDataSource)
        {
            await using var connection = (MySqlConnection)_connections.CreateConnection();
            await MySqlConnection.ClearPoolAsync(connection);
        }
        else
        {
            ((NpgsqlDataSource)_connections).Clear();
        }
    }

    /// <summary>The name of a column or table between the dialect's quotation marks.</summary>
    public string Quote(string name) => Kind == DatabaseKind.MySql ? $"`{name}`" : $"\"{name}\"";

    /// <summary>The server's time in UTC, without time zone, as OpenStack stores it.</summary>
    public string UtcNow => Kind == DatabaseKind.MySql ? "UTC_TIMESTAMP()" : "timezone('utc', now())";

    public ValueTask DisposeAsync() => _connections.DisposeAsync();
}
