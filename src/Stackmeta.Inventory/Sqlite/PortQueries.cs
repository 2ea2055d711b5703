using SQLitePCL;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Inventory;

/// <summary>The second question on SQLite.</summary>
sealed class PortQueries(sqlite3 connection, string path) : IDisposable
{
    readonly PreparedStatement[] _statements =
    [
        .. PortStatements.All.Select(sql => new PreparedStatement(connection, sql, path)),
    ];

    /// <exception cref="InventoryException"/>
    public PortAnswer Find(NetworkScope scope, GuestAddress address)
    {
        var statement = _statements[PortStatements.NumberOf(scope, address)];
        try
        {
            statement.Bind(1, scope.Id);
            statement.Bind(2, address.Text);
            if (!statement.Step())
            {
                return Refusal.PortNotFound;
            }
            var port = PortStatements.Columns.Read(statement.Fields.At(0));
            return statement.Step() ? Refusal.PortAmbiguous
                : port.DeviceId.Length == 0 ? Refusal.PortWithoutDevice
                : port;
        }
        finally
        {
            statement.Reset();
        }
    }

    public void Dispose() => Array.ForEach(_statements, statement => statement.Dispose());
}
