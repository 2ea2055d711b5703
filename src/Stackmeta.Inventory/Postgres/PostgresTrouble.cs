using System.Net.Sockets;
using Npgsql;

namespace Stackmeta.Inventory;

/// <summary>What PostgreSQL's error codes mean to an operator (postgresql.org/docs/current/errcodes-appendix.html).</summary>
static class PostgresTrouble
{
    /// <summary>Whether an exception comes from a server or the way to it.</summary>
    public static bool IsTrouble(Exception error) =>
        error is NpgsqlException or SocketException or IOException or TimeoutException;

    /// <summary>Whether the server does not know what PostgreSQL does: feature not supported, syntax error, undefined function.</summary>
    public static bool IsUnknownThere(PostgresException error) => error.SqlState is "0A000" or "42601" or "42883";

    /// <summary>Whether another connection may do at once what this one could not.</summary>
    public static bool IsDisconnection(Exception error) =>
        StateOf(error) is null or ['0', '8', ..] or "57P01" or "57P02" or "57P03";

    /// <summary>The trouble of an exception for which <see cref="IsTrouble"/> holds.</summary>
    /// <param name="place">The database without its password.</param>
    public static InventoryException From(Exception cause, PostgresUrl place) =>
        StateOf(cause) switch
        {
            "28P01" or "28000" => new(
                InventoryTrouble.CannotOpen,
                $"The server of the inventory {place} does not let {place.Username} in; check the password (inventory.password_file) and the server's pg_hba.conf.",
                cause
            ),
            "3D000" => new(
                InventoryTrouble.CannotOpen,
                $"There is no database {place.Database} at {place}; make it: createdb --owner {place.Username} {place.Database}",
                cause
            ),
            "42P01" or "42703" => new(
                InventoryTrouble.NotAnInventory,
                $"The database {place} does not hold the tables of an inventory; start the program once as the role that owns it.",
                cause
            ),
            "42501" => new(
                InventoryTrouble.ReadOnly,
                $"The role {place.Username} may not do this in the inventory {place}; grant it what docs/postgresql.md lists.",
                cause
            ),
            "25006" => new(
                InventoryTrouble.ReadOnly,
                $"The server of the inventory {place} takes no changes: it is a replica or read-only.",
                cause
            ),
            "53100" => new(
                InventoryTrouble.Full,
                $"There is no space left on the server of the inventory {place}; nothing was changed.",
                cause
            ),
            "55P03" or "40001" or "40P01" => new(
                InventoryTrouble.Locked,
                $"The inventory {place} is locked by another writer; try again, or end the program that writes to it.",
                cause
            ),
            "XX001" or "XX002" => new(
                InventoryTrouble.Corrupt,
                $"The inventory {place} is damaged; see the server's log, restore it, or import the last export.",
                cause
            ),
            // Too many connections, starting, stopping, cancelled by its timeout, or no server at all.
            null or ['5', '3' or '7', ..] or ['0', '8', ..] => new(
                InventoryTrouble.Unreachable,
                $"The inventory {place} cannot be reached: {Reason(cause)}",
                cause
            ),
            var state => new(
                InventoryTrouble.Failed,
                $"The inventory {place} failed with PostgreSQL's code {state}; see the server's log.",
                cause
            ),
        };

    /// <summary>The code of the server that said something; null when none did. Of several servers the last one's words count.</summary>
    static string? StateOf(Exception error) =>
        error switch
        {
            PostgresException postgres => postgres.SqlState,
            { InnerException: AggregateException { InnerExceptions: [.., var last] } } => StateOf(last),
            { InnerException: PostgresException inner } => inner.SqlState,
            _ => null,
        };

    // The driver knows from a moment ago that no server is there or is of the kind that is wanted, and asks none.
    static bool IsWithoutServer(Exception error) =>
        error is NpgsqlException { InnerException: null } and not PostgresException
        && error.Message.StartsWith("No suitable host", StringComparison.Ordinal);

    // The driver's messages name hosts, never a password or a value.
    static string Reason(Exception error) =>
        IsWithoutServer(error) ? "none of its servers can be asked now, or none takes changes."
        : error.InnerException is AggregateException { InnerExceptions: [.., var last] } ? Reason(last)
        : error.InnerException is { } inner and not AggregateException ? $"{error.Message} ({inner.Message})"
        : error.Message;
}
