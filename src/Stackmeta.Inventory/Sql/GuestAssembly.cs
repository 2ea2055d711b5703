using Stackmeta.Metadata;

namespace Stackmeta.Inventory;

/// <summary>
/// Makes the answer to both questions of the rows of one statement: the port, or two of them where it is not the only one, joined with
/// its instance as <see cref="InstanceAssembly"/> wants it.
/// </summary>
sealed class GuestAssembly
{
    /// <summary>Of the port that was found, behind those of the instance.</summary>
    public const string PortColumns = "g.id, g.network_id, g.device_id, g.project_id, g.mac_address";

    /// <summary>How many columns there are in all: a store may read more behind them.</summary>
    public const int ColumnCount = FirstOfPort + 5;

    const int FirstOfPort = InstanceAssembly.ColumnCount;

    readonly InstanceAssembly _instance = new();
    Port? _port;
    bool _isAmbiguous;

    /// <summary>Takes the next row.</summary>
    public void Take<TRow>(TRow row)
        where TRow : IInstanceRow
    {
        if (row.IsNull(FirstOfPort))
        {
            return;
        }
        var id = row.Text(FirstOfPort);
        _port ??= new(id, row.Text(FirstOfPort + 1), row.Text(FirstOfPort + 2), row.Text(FirstOfPort + 3))
        {
            MacAddresses = Port.ReadMacAddresses(row.Text(FirstOfPort + 4)),
        };
        _isAmbiguous |= id != _port.Id;
        if (!_isAmbiguous && !row.IsNull(0))
        {
            _instance.Take(row);
        }
    }

    public GuestAnswer Finish() =>
        _port is null ? Refusal.PortNotFound
        : _isAmbiguous ? Refusal.PortAmbiguous
        : _port.DeviceId.Length == 0 ? Refusal.PortWithoutDevice
        : new GuestAnswer(_port, _instance.Finish());
}
