using System.Collections.Immutable;

namespace Stackmeta.Inventory;

/// <summary>
/// The steps that made the store what it is. A step that was released is never edited; a change is a new step.
/// </summary>
static class SqliteMigrations
{
    /// <summary>"Stkm": tells that an SQLite file is an inventory (SQLite's <c>application_id</c>).</summary>
    public const int ApplicationId = 0x53746b6d;

    /// <summary>The table that records the steps; made before the first.</summary>
    public const string RecordTable = """
        CREATE TABLE IF NOT EXISTS migrations (
            number INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            applied_at TEXT NOT NULL
        ) STRICT;
        """;

    public static ImmutableArray<(int Number, string Name, string Sql)> All { get; } =
    [
        (1, "networks, routers, ports, instances, changes", FirstTables.Create(Dialect) + Changes),
        (2, "hosts of ports", Hosts),
    ];

    // AUTOINCREMENT gives no number twice; those of changes are followed.
    static SqlDialect Dialect =>
        new(
            RowNumber: "INTEGER PRIMARY KEY AUTOINCREMENT",
            Integer: "INTEGER",
            Bytes: "BLOB",
            Table: " STRICT",
            KeyedTable: " STRICT, WITHOUT ROWID",
            HostId: ""
        );

    const string Changes = """
        CREATE TABLE changes (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            kind INTEGER NOT NULL,
            id TEXT NOT NULL
        ) STRICT;
        """;

    const string Hosts = """
        ALTER TABLE ports ADD COLUMN host_id TEXT NOT NULL DEFAULT '';
        CREATE INDEX ports_by_host ON ports (host_id, network_id);
        """;
}
