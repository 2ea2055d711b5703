namespace Stackmeta.Inventory;

/// <summary>The tables <c>instances</c>, whose row number is the instance's EC2 number, and <c>ec2_images</c>.</summary>
sealed class InstanceTable() : EntryTable<InstanceEntry>(Fields, Query)
{
    /// <summary>User data comes last: what stands behind a long value in a row is found only by walking over it.</summary>
    public static FieldTable<InstanceEntry> Fields { get; } =
        new(
            "instances",
            new(),
            static (fields, entry) =>
                new()
                {
                    Id = fields.Text("id", entry.Id, TextForm.Other),
                    Name = fields.Text("name", entry.Name),
                    Hostname = fields.Text("hostname", entry.Hostname, TextForm.Other),
                    ProjectId = fields.Text("project_id", entry.ProjectId, TextForm.Project),
                    LaunchIndex = (int)fields.Number("launch_index", entry.LaunchIndex),
                    ReservationId = fields.Text("reservation_id", entry.ReservationId),
                    KeyName = fields.TextOrNull("key_name", entry.KeyName, TextForm.Other),
                    KeyData = fields.TextOrNull("key_data", entry.KeyData, TextForm.Other),
                    KeyPair = fields.Object("key_pair", entry.KeyPair, Json.KeyPair),
                    Metadata = fields.List("metadata", entry.Metadata, Json.ImmutableArrayMetadataItem),
                    AvailabilityZone = fields.TextOrNull("availability_zone", entry.AvailabilityZone),
                    FlavorName = fields.TextOrNull("flavor_name", entry.FlavorName),
                    ImageRef = fields.TextOrNull("image_ref", entry.ImageRef),
                    KernelId = fields.TextOrNull("kernel_id", entry.KernelId),
                    RamdiskId = fields.TextOrNull("ramdisk_id", entry.RamdiskId),
                    RootDeviceName = fields.TextOrNull("root_device_name", entry.RootDeviceName),
                    DefaultEphemeralDevice = fields.TextOrNull(
                        "default_ephemeral_device",
                        entry.DefaultEphemeralDevice
                    ),
                    DefaultSwapDevice = fields.TextOrNull("default_swap_device", entry.DefaultSwapDevice),
                    BlockDevices = fields.List("block_devices", entry.BlockDevices, Json.ImmutableArrayBlockDevice),
                    Devices = fields.List("devices", entry.Devices, Json.ImmutableArrayDeviceEntry),
                    DedicatedCpus = fields.List("dedicated_cpus", entry.DedicatedCpus, Json.ImmutableArrayInt32),
                    SecurityGroups = fields.List("security_groups", entry.SecurityGroups, Json.ImmutableArrayString),
                    BootRoles = fields.Text("boot_roles", entry.BootRoles),
                    Password = fields.Text("password", entry.Password, TextForm.Other),
                    UserData = fields.Bytes("user_data", entry.UserData),
                }
        );

    static readonly string InsertWithNumber = Fields.InsertWith("number");

    static readonly FieldList<Ec2IdsEntry> Ec2Ids = new(static fields =>
        new(
            fields.Number("i.number AS ec2_number", 0),
            fields.NumberOrNull($"{ImageNumber} AS image_number", null),
            fields.NumberOrNull($"{KernelNumber} AS kernel_number", null),
            fields.NumberOrNull($"{RamdiskNumber} AS ramdisk_number", null)
        )
    );

    public static InstanceTable Instance { get; } = new();

    // Constants, since they are named anew for each row that is read.
    public const string ImageNumber = "(SELECT e.number FROM ec2_images e WHERE e.ref = i.image_ref)";
    public const string KernelNumber = "(SELECT e.number FROM ec2_images e WHERE e.ref = i.kernel_id)";
    public const string RamdiskNumber = "(SELECT e.number FROM ec2_images e WHERE e.ref = i.ramdisk_id)";

    static InventoryJson Json => InventoryJson.Default;

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
        if (entry.Ec2Ids?.Instance is { } number)
        {
            await sql.ExecuteAsync(InsertWithNumber, [.. Fields.Values(entry), number]);
            await sql.NoteNumberAsync("instances", number);
        }
        else
        {
            await base.InsertAsync(sql, entry);
        }
    }

    protected override InstanceEntry ReadFurther(InstanceEntry entry, FieldReader reader) =>
        entry with
        {
            Ec2Ids = Ec2Ids.Read(reader),
        };

    static string Query(string condition) =>
        $"SELECT i.number, {Fields.SelectList("i")}, {Ec2Ids.SelectList()} FROM instances i WHERE {condition}";
}
