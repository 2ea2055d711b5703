using System.Collections.Immutable;
using SQLitePCL;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Inventory;

/// <summary>Both questions on SQLite in one statement, each of the four of <see cref="PortStatements"/> joined with the instance.</summary>
sealed class GuestQueries(sqlite3 connection, string path) : IDisposable
{
    /// <summary>All that may run for a guest's request.</summary>
    public static ImmutableArray<string> Statements { get; } =
    [
        .. PortStatements.All.Select(port =>
            $"""
                SELECT {GuestAssembly.Columns}
                FROM ({port}) g
                LEFT JOIN instances i ON i.id = g.device_id
                {InstanceAssembly.Joins}
                {InstanceAssembly.Order}
                """
        ),
    ];

    // Prepared when first used: most hosts have guests of one kind.
    readonly PreparedStatement?[] _statements = new PreparedStatement?[Statements.Length];

    /// <exception cref="InventoryException"/>
    public GuestAnswer Find(NetworkScope scope, GuestAddress address)
    {
        var number = PortStatements.NumberOf(scope, address);
        var statement = _statements[number] ??= new(connection, Statements[number], path);
        try
        {
            statement.Bind(1, scope.Id);
            statement.Bind(2, address.Text);
            var assembly = new GuestAssembly(statement.Fields);
            while (statement.Step())
            {
                assembly.Take();
            }
            return assembly.Finish();
        }
        finally
        {
            statement.Reset();
        }
    }

    public void Dispose() => Array.ForEach(_statements, statement => statement?.Dispose());
}
