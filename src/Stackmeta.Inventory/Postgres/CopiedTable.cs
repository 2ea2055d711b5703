using System.Collections.Immutable;

namespace Stackmeta.Inventory;

/// <summary>A table whose rows go from one store to the other as they are: both have it, in the same form.</summary>
sealed record CopiedTable
{
    CopiedTable(string name, string key, string columns)
    {
        Name = name;
        Key = key;
        Columns = [.. columns.Split(' ').Select(CopiedColumn.Of)];
        ColumnList = string.Join(", ", Columns.Select(column => column.Name));
    }

    /// <summary>All tables, those that others refer to first. A # before a column marks a number, a % bytes, a ! what may not be null.</summary>
    public static ImmutableArray<CopiedTable> All { get; } =
    [
        new("networks", "number", "#number id name project_id #mtu #injected"),
        new(
            "subnets",
            "number",
            "#number id name network_id cidr gateway_ip #enable_dhcp dns_nameservers host_routes ipv6_address_mode"
        ),
        new("routers", "number", "#number id name project_id"),
        new("ec2_images", "number", "#number ref"),
        new(
            "instances",
            "number",
            "#number id name !hostname project_id !#launch_index availability_zone !reservation_id key_name key_data key_pair metadata "
                + "flavor_name image_ref kernel_id ramdisk_id root_device_name default_ephemeral_device default_swap_device "
                + "block_devices devices dedicated_cpus security_groups !boot_roles !password %user_data"
        )
        {
            Known = ["number", "id", "name", "project_id"],
        },
        new(
            "ports",
            "number",
            "#number id name network_id project_id device_id device_owner mac_address vif_type host_id"
        ),
        new("fixed_ips", "network_id, address", "network_id address port_id subnet_id #position floating_ips"),
    ];

    public string Name { get; }

    /// <summary>What tells one row from the others.</summary>
    public string Key { get; }

    public ImmutableArray<CopiedColumn> Columns { get; }

    public string ColumnList { get; }

    /// <summary>Whether its rows are numbered by a counter.</summary>
    public bool IsNumbered => Key == "number";

    /// <summary>The columns by which the rules know a row that is there already; empty for all.</summary>
    ImmutableArray<string> Known { get; init; } = [];

    /// <summary>Reads what the rules must know of the rows that are there already; all else is left empty.</summary>
    public string SelectKnown =>
        $"SELECT {string.Join(", ", Columns.Select(column => Known.IsEmpty || Known.Contains(column.Name) ? column.Name : column.Empty))} FROM {Name}";
}

/// <summary>A column of such a table.</summary>
sealed record CopiedColumn(string Name, CopiedKind Kind, string Empty)
{
    public static CopiedColumn Of(string text)
    {
        var name = text.TrimStart('!', '#', '%');
        var kind =
            text.Contains('#', StringComparison.Ordinal) ? CopiedKind.Number
            : text.StartsWith('%') ? CopiedKind.Bytes
            : CopiedKind.Text;
        var empty =
            !text.StartsWith('!') ? "NULL"
            : kind == CopiedKind.Number ? "0"
            : "''";
        return new(name, kind, empty);
    }
}

/// <summary>The three forms of values.</summary>
enum CopiedKind
{
    Number,
    Text,
    Bytes,
}
