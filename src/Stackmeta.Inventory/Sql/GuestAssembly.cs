using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Inventory;

/// <summary>
/// Makes the answer to both questions of the rows of one statement: the port, or two of them where it is not the only one, joined with
/// its instance as <see cref="InstanceAssembly"/> wants it.
/// </summary>
sealed class GuestAssembly(FieldReader row)
{
    static readonly int FirstOfPort = InstanceAssembly.ColumnCount;

    readonly InstanceAssembly _instance = new(row);
    Port? _port;
    bool _isAmbiguous;

    /// <summary>Those of the instance, and behind them those of the port that was found.</summary>
    public static string Columns { get; } = $"{InstanceAssembly.Columns}, {PortStatements.Columns.SelectList("g")}";

    /// <summary>How many columns there are in all: a store may read more behind them.</summary>
    public static int ColumnCount { get; } = FirstOfPort + PortStatements.Columns.Columns.Length;

    /// <summary>Takes the next row.</summary>
    public void Take()
    {
        if (row.Row.IsNull(FirstOfPort))
        {
            return;
        }
        _port ??= PortStatements.Columns.Read(row.At(FirstOfPort));
        _isAmbiguous |= row.Row.Text(FirstOfPort) != _port.Id;
        if (!_isAmbiguous && !row.Row.IsNull(0))
        {
            _instance.Take();
        }
    }

    public GuestAnswer Finish() =>
        _port is null ? Refusal.PortNotFound
        : _isAmbiguous ? Refusal.PortAmbiguous
        : _port.DeviceId.Length == 0 ? Refusal.PortWithoutDevice
        : new GuestAnswer(_port, _instance.Finish());
}
