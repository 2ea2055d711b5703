using System.Data.Common;
using System.Text.Json;

namespace Stackmeta.Inventory;

/// <summary>The tables <c>instances</c>, whose row number is the instance's EC2 number, and <c>ec2_images</c>.</summary>
sealed class InstanceTable() : EntryTable<InstanceEntry>(Query)
{
    const string Columns = """
        id, name, hostname, project_id, launch_index, availability_zone, reservation_id, key_name, key_data, key_pair,
        metadata, flavor_name, image_ref, kernel_id, ramdisk_id, root_device_name, default_ephemeral_device,
        default_swap_device, block_devices, devices, dedicated_cpus, security_groups, boot_roles, password, user_data
        """;

    const string Parameters =
        "@p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13, @p14, @p15, @p16, @p17, @p18, @p19, @p20, "
        + "@p21, @p22, @p23, @p24, @p25";

    const string Insert = $"INSERT INTO instances ({Columns}) VALUES ({Parameters})";

    const string InsertWithNumber = $"INSERT INTO instances ({Columns}, number) VALUES ({Parameters}, @p26)";

    const string Update = $"UPDATE instances SET ({Columns}) = ({Parameters}) WHERE id = @p1";

    public static InstanceTable Instance { get; } = new();

    /// <summary>The id of the instance with an EC2 number; null when none has it.</summary>
    public static async ValueTask<string?> FindByEc2NumberAsync(SqlCommands sql, long number) =>
        (string?)await sql.ScalarAsync("SELECT id FROM instances WHERE number = @p1", number);

    /// <summary>The EC2 number of an image, kernel or ramdisk; null when it has none yet.</summary>
    public static async ValueTask<long?> FindImageNumberAsync(SqlCommands sql, string reference) =>
        (long?)await sql.ScalarAsync("SELECT number FROM ec2_images WHERE ref = @p1", reference);

    /// <summary>The image, kernel or ramdisk with an EC2 number; null when none has it.</summary>
    public static async ValueTask<string?> FindImageAsync(SqlCommands sql, long number) =>
        (string?)await sql.ScalarAsync("SELECT ref FROM ec2_images WHERE number = @p1", number);

    /// <summary>Gives an image, kernel or ramdisk a number: this one, or the next when null.</summary>
    public static async ValueTask InsertImageAsync(SqlCommands sql, string reference, long? number)
    {
        if (number is null)
        {
            await sql.ExecuteAsync("INSERT INTO ec2_images (ref) VALUES (@p1)", reference);
            return;
        }
        await sql.ExecuteAsync("INSERT INTO ec2_images (number, ref) VALUES (@p1, @p2)", number, reference);
        await sql.NoteNumberAsync("ec2_images", number.Value);
    }

    public override async ValueTask InsertAsync(SqlCommands sql, InstanceEntry entry)
    {
        var values = Values(entry);
        if (entry.Ec2Ids?.Instance is { } number)
        {
            await sql.ExecuteAsync(InsertWithNumber, [.. values, number]);
            await sql.NoteNumberAsync("instances", number);
        }
        else
        {
            await sql.ExecuteAsync(Insert, values);
        }
    }

    public override async ValueTask UpdateAsync(SqlCommands sql, InstanceEntry entry) =>
        await sql.ExecuteAsync(Update, Values(entry));

    public override async ValueTask DeleteAsync(SqlCommands sql, string id) =>
        await sql.ExecuteAsync("DELETE FROM instances WHERE id = @p1", id);

    protected override InstanceEntry Read(DbDataReader row) =>
        new()
        {
            Id = row.GetString(1),
            Name = row.GetString(2),
            Hostname = row.GetString(3),
            ProjectId = row.GetString(4),
            LaunchIndex = (int)row.GetInt64(5),
            AvailabilityZone = row.TextOrNull(6),
            ReservationId = row.GetString(7),
            KeyName = row.TextOrNull(8),
            KeyData = row.TextOrNull(9),
            KeyPair = row.IsDBNull(10)
                ? null
                : JsonSerializer.Deserialize(row.GetString(10), InventoryJson.Default.KeyPair),
            Metadata = row.List(11, InventoryJson.Default.ImmutableArrayMetadataItem),
            FlavorName = row.TextOrNull(12),
            ImageRef = row.TextOrNull(13),
            KernelId = row.TextOrNull(14),
            RamdiskId = row.TextOrNull(15),
            RootDeviceName = row.TextOrNull(16),
            DefaultEphemeralDevice = row.TextOrNull(17),
            DefaultSwapDevice = row.TextOrNull(18),
            BlockDevices = row.List(19, InventoryJson.Default.ImmutableArrayBlockDevice),
            Devices = row.List(20, InventoryJson.Default.ImmutableArrayDeviceEntry),
            DedicatedCpus = row.List(21, InventoryJson.Default.ImmutableArrayInt32),
            SecurityGroups = row.List(22, InventoryJson.Default.ImmutableArrayString),
            BootRoles = row.GetString(23),
            Password = row.GetString(24),
            UserData = row.IsDBNull(25) ? (ReadOnlyMemory<byte>?)null : row.GetFieldValue<byte[]>(25),
            Ec2Ids = new(row.GetInt64(0), row.NumberOrNull(26), row.NumberOrNull(27), row.NumberOrNull(28)),
        };

    static object?[] Values(InstanceEntry entry) =>
        [
            entry.Id,
            entry.Name,
            entry.Hostname,
            entry.ProjectId,
            entry.LaunchIndex,
            entry.AvailabilityZone,
            entry.ReservationId,
            entry.KeyName,
            entry.KeyData,
            entry.KeyPair is null ? null : JsonSerializer.Serialize(entry.KeyPair, InventoryJson.Default.KeyPair),
            entry.Metadata.ToColumn(InventoryJson.Default.ImmutableArrayMetadataItem),
            entry.FlavorName,
            entry.ImageRef,
            entry.KernelId,
            entry.RamdiskId,
            entry.RootDeviceName,
            entry.DefaultEphemeralDevice,
            entry.DefaultSwapDevice,
            entry.BlockDevices.ToColumn(InventoryJson.Default.ImmutableArrayBlockDevice),
            entry.Devices.ToColumn(InventoryJson.Default.ImmutableArrayDeviceEntry),
            entry.DedicatedCpus.ToColumn(InventoryJson.Default.ImmutableArrayInt32),
            entry.SecurityGroups.ToColumn(InventoryJson.Default.ImmutableArrayString),
            entry.BootRoles,
            entry.Password,
            entry.UserData?.ToArray(),
        ];

    static string Query(string condition) =>
        $"""
            SELECT number, {Columns},
                (SELECT number FROM ec2_images WHERE ref = image_ref) AS image_number,
                (SELECT number FROM ec2_images WHERE ref = kernel_id) AS kernel_number,
                (SELECT number FROM ec2_images WHERE ref = ramdisk_id) AS ramdisk_number
            FROM instances
            WHERE {condition}
            """;
}
