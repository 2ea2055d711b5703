using System.Data.Common;

namespace Stackmeta.OpenStack;

/// <summary>
/// Reads all rows of an instance in one round trip. What Nova filters by <c>deleted</c> is filtered here, and nothing else
/// (spec/nova-metadata.md §7.3); rows come in the order of their ids, where Nova leaves the order to the database.
/// </summary>
static class InstanceQuery
{
    // All columns of instances: some come and go with the release, and those that are not read are small.
    const string Text = """
        SELECT i.*, x.flavor AS x_flavor, x.keypairs AS x_keypairs, x.device_metadata AS x_device_metadata,
               x.numa_topology AS x_numa_topology, n.network_info AS n_network_info
        FROM instances i
        LEFT JOIN instance_extra x ON x.instance_uuid = i.uuid
        LEFT JOIN instance_info_caches n ON n.instance_uuid = i.uuid
        WHERE i.uuid = @instance AND i.deleted = 0
        ORDER BY x.id LIMIT 1;
        SELECT m.key AS name, m.value AS value FROM instance_metadata m
        WHERE m.instance_uuid = @instance AND m.deleted = 0 ORDER BY m.id;
        SELECT s.key AS name, s.value AS value FROM instance_system_metadata s
        WHERE s.instance_uuid = @instance AND (s.key LIKE 'password|_%' ESCAPE '|' OR s.key = 'boot_roles') ORDER BY s.id;
        SELECT b.source_type, b.destination_type, b.guest_format, b.device_name FROM block_device_mapping b
        WHERE b.instance_uuid = @instance AND b.deleted = 0 ORDER BY b.id;
        SELECT e.id FROM instance_id_mappings e WHERE e.uuid = @instance ORDER BY e.id LIMIT 1;
        SELECT g.id, g.uuid FROM s3_images g
        JOIN instances i ON g.uuid IN (i.image_ref, i.kernel_id, i.ramdisk_id)
        WHERE i.uuid = @instance AND i.deleted = 0 ORDER BY g.id;
        """;

    /// <summary>The rows; null when no live instance has the uuid.</summary>
    public static async ValueTask<InstanceRows?> ReadAsync(
        DbConnection connection,
        string uuid,
        CancellationToken cancellationToken
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Text;
        command.Add("instance", uuid);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
        {
            return null;
        }
        var rows = Instance(row);
        await row.EachOfNextAsync(
            () => rows.Metadata.Add((row.Text("name") ?? "", row.Text("value"))),
            cancellationToken
        );
        await row.EachOfNextAsync(
            () => rows.SystemMetadata[row.Text("name") ?? ""] = row.Text("value"),
            cancellationToken
        );
        await row.EachOfNextAsync(
            () =>
                rows.BlockDevices.Add(
                    (
                        row.Text("source_type"),
                        row.Text("destination_type"),
                        row.Text("guest_format"),
                        row.Text("device_name")
                    )
                ),
            cancellationToken
        );
        await row.EachOfNextAsync(() => rows.InstanceNumber = row.Number("id"), cancellationToken);
        await row.EachOfNextAsync(
            () => rows.ImageNumbers.TryAdd(row.Text("uuid")!, row.Number("id")!.Value),
            cancellationToken
        );
        return rows;
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
}
