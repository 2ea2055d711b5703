using System.Collections.Immutable;

namespace Stackmeta.Inventory;

/// <summary>A row of the table <c>fixed_ips</c>: an address of a port.</summary>
sealed record StoredAddress(
    string NetworkId,
    string Address,
    string PortId,
    string SubnetId,
    long Position,
    ImmutableArray<string> FloatingIps
)
{
    public static FieldTable<StoredAddress> Fields { get; } =
        new(
            "fixed_ips",
            new("", "", "", "", 0, []),
            static (fields, row) =>
                new(
                    fields.Text("network_id", row.NetworkId),
                    fields.Text("address", row.Address),
                    fields.Text("port_id", row.PortId),
                    fields.Text("subnet_id", row.SubnetId),
                    fields.Number("position", row.Position),
                    fields.List("floating_ips", row.FloatingIps, InventoryJson.Default.ImmutableArrayString)
                )
        );

    public static StoredAddress From(PortEntry port, FixedIpEntry address, long position) =>
        new(port.NetworkId, address.IpAddress, port.Id, address.SubnetId, position, address.FloatingIps);

    public FixedIpEntry ToEntry() =>
        new()
        {
            SubnetId = SubnetId,
            IpAddress = Address,
            FloatingIps = FloatingIps,
        };
}
