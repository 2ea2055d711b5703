using SQLitePCL;
using Stackmeta.Core.Instances;

namespace Stackmeta.Inventory;

/// <summary>The first question on SQLite, in one statement. SQLite fetches no column that is not read.</summary>
sealed class InstanceQuery(sqlite3 connection, string path) : IDisposable
{
    public static string Sql { get; } =
        $"""
            SELECT {InstanceAssembly.Columns}
            FROM instances i
            {InstanceAssembly.Joins}
            WHERE i.id = $1
            {InstanceAssembly.Order}
            """;

    readonly PreparedStatement _row = new(connection, Sql, path);

    /// <returns>Null when there is no such instance.</returns>
    /// <exception cref="InventoryException"/>
    public Instance? Find(string instanceId)
    {
        try
        {
            _row.Bind(1, instanceId);
            var assembly = new InstanceAssembly(_row.Fields);
            while (_row.Step())
            {
                assembly.Take();
            }
            return assembly.Finish();
        }
        finally
        {
            _row.Reset();
        }
    }

    public void Dispose() => _row.Dispose();
}
