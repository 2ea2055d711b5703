using System.Data.Common;
using System.Net.Sockets;
using MySqlConnector;
using Npgsql;

namespace Stackmeta.OpenStack;

/// <summary>What an error of a database means for who asked.</summary>
enum DatabaseFault
{
    /// <summary>No connection, or it broke: another one may work at once.</summary>
    Disconnected,

    /// <summary>The server is there but busy, starting, stopping, or gave up this statement: try again later.</summary>
    Busy,

    /// <summary>The user may not do this: reading all the same, writing not at all.</summary>
    Forbidden,

    /// <summary>
    /// This server only reads, now: a standby, or a primary that has been replaced. Another one may write, or this one later.
    /// </summary>
    ReadOnly,

    /// <summary>Not the schema or not the database that was expected, credentials refused, or anything else that stays.</summary>
    Lasting,
}

/// <summary>Sorts the errors of both drivers.</summary>
static class DatabaseFaults
{
    /// <summary>Whether the exception comes from a database or the way to it.</summary>
    public static bool IsDatabaseFault(this Exception error) =>
        error is DbException or SocketException or IOException or TimeoutException;

    /// <summary>Sorts an exception for which <see cref="IsDatabaseFault"/> holds.</summary>
    public static DatabaseFault Sort(Exception error) =>
        error switch
        {
            PostgresException postgres => Sort(postgres.SqlState),
            MySqlException mysql => Sort(mysql),
            TimeoutException => DatabaseFault.Busy,
            NpgsqlException { InnerException: TimeoutException } => DatabaseFault.Busy,
            NpgsqlException { InnerException: AggregateException or PostgresException } several => Sort(several),
            _ => DatabaseFault.Disconnected,
        };

    /// <summary>Whether a column cannot hold the text: characters beyond utf8mb3 on MySQL, a NUL on PostgreSQL.</summary>
    public static bool IsUnstorableText(Exception error) =>
        error is MySqlException { Number: 1366 or 1300 or 3988 } or PostgresException { SqlState: "22021" or "22P05" };

    // Several hosts, none of which could be used: the last one's reason stands for all.
    static DatabaseFault Sort(NpgsqlException several) =>
        several.InnerException is AggregateException { InnerExceptions: [.., var last] } ? Sort(last)
        : several.InnerException is PostgresException postgres ? Sort(postgres.SqlState)
        : DatabaseFault.Disconnected;

    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    static DatabaseFault Sort(string state) =>
        state switch
        {
            "42501" => DatabaseFault.Forbidden,
            // Read-only transaction, which every one of a hot standby is.
            "25006" => DatabaseFault.ReadOnly,
            // Too many connections, starting up, shutting down, serialisation failure, deadlock, lock not available, cancelled.
            "53300" or "57P03" or "40001" or "40P01" or "55P03" or "57014" => DatabaseFault.Busy,
            ['5', '7' or '8', ..] or ['0', '8', ..] => DatabaseFault.Disconnected,
            ['5', '3', ..] => DatabaseFault.Busy,
            _ => DatabaseFault.Lasting,
        };

    // https://mariadb.com/kb/en/mariadb-error-codes/
    static DatabaseFault Sort(MySqlException error) =>
        error.Number switch
        {
            // Table, column, procedure access denied; a right is missing.
            1142 or 1143 or 1370 or 1227 => DatabaseFault.Forbidden,
            // --read-only server; read-only transaction; server in read-only mode.
            1290 or 1792 or 1836 => DatabaseFault.ReadOnly,
            // Too many connections; per user; lock wait; deadlock; query interrupted; timeouts; a Galera node that is not synced.
            1040 or 1203 or 1226 or 1205 or 1213 or 1317 or 1969 or 3024 or 1047 or 1698 => DatabaseFault.Busy,
            // Access denied for user; no such database, host not allowed.
            1045 or 1044 or 1049 or 1130 => DatabaseFault.Lasting,
            // Shutdown in progress, aborted connection, killed; and all of the client's own (2000 and up): no server was reached.
            1053 or 1152 or 1158 or 1159 or 1160 or 1161 or 1184 or 1927 or 1042 or 1043 => DatabaseFault.Disconnected,
            0 or (>= 2000 and < 3000) => error.InnerException is TimeoutException
                ? DatabaseFault.Busy
                : DatabaseFault.Disconnected,
            _ => DatabaseFault.Lasting,
        };
}
