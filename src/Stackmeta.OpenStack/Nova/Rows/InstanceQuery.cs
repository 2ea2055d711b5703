using System.Data.Common;

namespace Stackmeta.OpenStack;

/// <summary>
/// Reads all rows of an instance in one round trip. What Nova filters by <c>deleted</c> is filtered here, and nothing else
/// (spec/nova-metadata.md §7.3); rows are taken in the order of their ids, where Nova leaves the order to the database.
/// </summary>
/// <remarks>
/// Sorted here, not by the server: MariaDB sorts rows that hold long texts through a table on disk, which costs as much as all else of the
/// statement (docs/performance/api.md).
/// </remarks>
static class InstanceQuery
{
    const int OfMetadata = 1;
    const int OfSystemMetadata = 2;
    const int OfBlockDevice = 3;
    const int OfInstanceNumber = 4;
    const int OfImageNumber = 5;

    // All columns of instances: some come and go with the release, and those that are not read are small.
    const string InstanceText = """
        SELECT i.*, x.id AS x_id, x.flavor AS x_flavor, x.keypairs AS x_keypairs, x.device_metadata AS x_device_metadata,
               x.numa_topology AS x_numa_topology, n.network_info AS n_network_info
        FROM instances i
        LEFT JOIN instance_extra x ON x.instance_uuid = i.uuid
        LEFT JOIN instance_info_caches n ON n.instance_uuid = i.uuid
        WHERE i.uuid = @instance AND i.deleted = 0;
        """;

    // One statement of five: each by itself costs the server as much again as its rows do. Texts are between braces.
    const string RestText = """
        SELECT 1 AS kind, m.id AS id, {m.key} AS a, {m.value} AS b, NULL AS c, NULL AS d FROM instance_metadata m
        WHERE m.instance_uuid = @instance AND m.deleted = 0
        UNION ALL
        SELECT 2, s.id, {s.key}, {s.value}, NULL, NULL FROM instance_system_metadata s
        WHERE s.instance_uuid = @instance AND (s.key LIKE 'password|_%' ESCAPE '|' OR s.key = 'boot_roles')
        UNION ALL
        SELECT 3, b.id, {b.source_type}, {b.destination_type}, {b.guest_format}, {b.device_name} FROM block_device_mapping b
        WHERE b.instance_uuid = @instance AND b.deleted = 0
        UNION ALL
        SELECT 4, e.id, NULL, NULL, NULL, NULL FROM instance_id_mappings e WHERE e.uuid = @instance
        UNION ALL
        SELECT 5, g.id, {g.uuid}, NULL, NULL, NULL FROM s3_images g
        JOIN instances i ON g.uuid IN (i.image_ref, i.kernel_id, i.ramdisk_id)
        WHERE i.uuid = @instance AND i.deleted = 0
        """;

    static readonly string PostgreSqlText =
        InstanceText + RestText.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);

    // Tables of a cloud that was upgraded over years may have different collations, which MySQL does not unite.
    static readonly string MySqlText =
        InstanceText
        + RestText
            .Replace("{", "CONVERT(", StringComparison.Ordinal)
            .Replace("}", " USING utf8mb4)", StringComparison.Ordinal);

    /// <summary>The rows; null when no live instance has the uuid.</summary>
    public static async ValueTask<InstanceRows?> ReadAsync(
        DbConnection connection,
        DatabaseKind kind,
        string uuid,
        CancellationToken cancellationToken
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = kind == DatabaseKind.MySql ? MySqlText : PostgreSqlText;
        command.Add("instance", uuid);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        InstanceRows? rows = null;
        long? firstExtra = null;
        while (await row.ReadAsync(cancellationToken))
        {
            var extra = row.Number("x_id");
            if (rows is null || extra < firstExtra)
            {
                (rows, firstExtra) = (Instance(row), extra);
            }
        }
        if (rows is null)
        {
            return null;
        }
        var rest = new List<RestRow>();
        await row.EachOfNextAsync(
            () =>
                rest.Add(
                    new(
                        row.Number("kind")!.Value,
                        row.Number("id")!.Value,
                        row.Text("a"),
                        row.Text("b"),
                        row.Text("c"),
                        row.Text("d")
                    )
                ),
            cancellationToken
        );
        rest.Sort(static (one, other) => (one.Kind, one.Id).CompareTo((other.Kind, other.Id)));
        rest.ForEach(one => Take(rows, one));
        return rows;
    }

    static void Take(InstanceRows rows, RestRow one)
    {
        switch (one.Kind)
        {
            case OfMetadata:
                rows.Metadata.Add((one.A ?? "", one.B));
                break;
            case OfSystemMetadata:
                rows.SystemMetadata[one.A ?? ""] = one.B;
                break;
            case OfBlockDevice:
                rows.BlockDevices.Add((one.A, one.B, one.C, one.D));
                break;
            case OfInstanceNumber:
                rows.InstanceNumber ??= one.Id;
                break;
            case OfImageNumber:
                rows.ImageNumbers.TryAdd(one.A!, one.Id);
                break;
        }
    }

    static InstanceRows Instance(DbDataReader row) =>
        new()
        {
            Uuid = row.Text("uuid")!,
            ProjectId = row.Text("project_id"),
            Hostname = row.Text("hostname"),
            DisplayName = row.Text("display_name"),
            LaunchIndex = row.Number("launch_index"),
            AvailabilityZone = row.Text("availability_zone"),
            ReservationId = row.Text("reservation_id"),
            KeyName = row.Text("key_name"),
            KeyData = row.Text("key_data"),
            UserData = row.Text("user_data"),
            ImageRef = row.Text("image_ref"),
            KernelId = row.Text("kernel_id"),
            RamdiskId = row.Text("ramdisk_id"),
            RootDeviceName = row.Text("root_device_name"),
            DefaultEphemeralDevice = row.Text("default_ephemeral_device"),
            DefaultSwapDevice = row.Text("default_swap_device"),
            IsHidden = row.Flag("hidden"),
            Flavor = row.Text("x_flavor"),
            KeyPairs = row.Text("x_keypairs"),
            DeviceMetadata = row.Text("x_device_metadata"),
            NumaTopology = row.Text("x_numa_topology"),
            NetworkInfo = row.Text("n_network_info"),
        };

    /// <summary>A row beside the instance's own.</summary>
    /// <param name="Kind">Of which table.</param>
    /// <param name="Id">Its number there.</param>
    /// <param name="A">The first of its texts.</param>
    /// <param name="B">The second.</param>
    /// <param name="C">The third.</param>
    /// <param name="D">The fourth.</param>
    readonly record struct RestRow(long Kind, long Id, string? A, string? B, string? C, string? D);
}
