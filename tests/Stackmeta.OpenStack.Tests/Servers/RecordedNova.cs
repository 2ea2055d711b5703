namespace Stackmeta.OpenStack.Tests;

/// <summary>The recorded databases of a real Nova on a MariaDB of the test's own (data/nova-db).</summary>
public static class RecordedNova
{
    public static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "data", "nova-db");

    static readonly string[] Databases = ["nova_api", "nova_cell0", "nova_cell1", "nova_cell2"];

    /// <summary>Loads Nova's and turns the cells' URLs to this server; cell2's is a template and stays one.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="prefix">Goes before each database's name, so that tests that write do not meet.</param>
    public static async Task LoadAsync(MariaDbServer server, string prefix = "", string user = MariaDbServer.User)
    {
        foreach (var database in Databases)
        {
            await server.LoadAsync(prefix + database, Path.Combine(Folder, $"{database}.sql.gz"));
        }
        await server.ExecuteAsync(
            prefix + "nova_api",
            $"""
            UPDATE cell_mappings SET database_connection = '{server.Url(
                prefix + "nova_cell0",
                user
            )}' WHERE name = 'cell0';
            UPDATE cell_mappings SET database_connection = '{server.Url(
                prefix + "nova_cell1",
                user
            )}' WHERE name = 'cell1';
            UPDATE cell_mappings SET database_connection = REPLACE(database_connection, 'nova_cell2', '{prefix}nova_cell2')
            WHERE name = 'cell2';
            """
        );
    }

    public static NovaDatabaseOptions Options(
        MariaDbServer server,
        string prefix = "",
        string user = MariaDbServer.User
    ) =>
        new()
        {
            ApiDatabase = DatabaseUrl.Parse(server.Url(prefix + "nova_api", user)),
            CellDatabase = DatabaseUrl.Parse(server.Url(prefix + "nova_cell1", user)),
            CellDatabaseText = server.Url(prefix + "nova_cell1", user),
        };
}
