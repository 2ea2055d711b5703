using System.Collections.Immutable;

namespace Stackmeta.Core.Instances;

/// <summary>
/// Everything that a guest can be told about itself, loaded once and never changed. Two sources make it: Stackmeta's own
/// inventory and Nova's databases. The fields are Nova's, with Nova's meaning of null (spec/nova-metadata.md §2, §4, §7.3).
/// </summary>
/// <remarks>
/// What a source could not read is named in <see cref="Unreadable"/>: only the documents that need that part are refused,
/// the rest is answered.
/// </remarks>
public sealed record Instance
{
    /// <summary>The instance's uuid as stored (36 characters, lower case).</summary>
    public required string Uuid { get; init; }

    /// <summary>The project that owns the instance. Each request's X-Tenant-ID is compared with it.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The sanitised host name without domain; null prevents every document that shows it.</summary>
    public string? Hostname { get; init; }

    /// <summary>The name that the user chose; <c>name</c> in meta_data.json.</summary>
    public string? DisplayName { get; init; }

    public long? LaunchIndex { get; init; }

    public string? AvailabilityZone { get; init; }

    public string? ReservationId { get; init; }

    /// <summary>Name of the key pair; null or empty means that the instance has none, whatever else is stored.</summary>
    public string? KeyName { get; init; }

    /// <summary>The public key that the EC2 tree shows; may differ from <see cref="KeyPair"/>.</summary>
    public string? KeyData { get; init; }

    /// <summary>The first key pair of the stored list, which meta_data.json shows; null when the list is empty or missing.</summary>
    public KeyPair? KeyPair { get; init; }

    /// <summary>Decoded user data: null when there is none, empty when it is the empty text.</summary>
    public ReadOnlyMemory<byte>? UserData { get; init; }

    /// <summary>
    /// The stored base64 of <see cref="UserData"/>, where it is not what the bytes encode to (line breaks, say); null otherwise.
    /// Dynamic vendor data targets are told it as it is stored.
    /// </summary>
    public string? UserDataText { get; init; }

    /// <summary>True also when the user data are unreadable: they are listed, and only reading them is refused.</summary>
    public bool HasUserData => UserData is not null || IsUnreadable(InstanceParts.UserData);

    /// <summary>
    /// <c>meta</c> of meta_data.json, in the order of the rows. The keys are distinct: of a repeated key a source keeps the last
    /// value at the first place, as Python's dict does.
    /// </summary>
    public ImmutableArray<MetadataItem> Metadata { get; init; } = [];

    /// <summary>Name of the current flavor; null when it is missing (EC2 documents that show it are refused).</summary>
    public string? FlavorName { get; init; }

    public Ec2Ids Ec2Ids { get; init; }

    /// <summary>Image the instance was made from; null or empty for one that boots from a volume.</summary>
    public string? ImageRef { get; init; }

    public string? KernelId { get; init; }

    public string? RamdiskId { get; init; }

    /// <summary>For example <c>/dev/vda</c>; null gives Nova's fixed block device mapping.</summary>
    public string? RootDeviceName { get; init; }

    public string? DefaultEphemeralDevice { get; init; }

    public string? DefaultSwapDevice { get; init; }

    /// <summary>Block devices in the order of their rows.</summary>
    public ImmutableArray<BlockDevice> BlockDevices { get; init; } = [];

    /// <summary>Tagged and special devices (<c>devices</c> of meta_data.json) in stored order.</summary>
    public ImmutableArray<DeviceTag> Devices { get; init; } = [];

    /// <summary>Guest CPU numbers pinned to host CPUs, sorted.</summary>
    public ImmutableArray<int> DedicatedCpus { get; init; } = [];

    /// <summary>The instance's interfaces in attachment order.</summary>
    public ImmutableArray<NetworkInterface> NetworkInterfaces { get; init; } = [];

    /// <summary>
    /// Names of the security groups in port order, repetitions kept; default (uninitialised) when the source cannot tell
    /// and another one must be asked.
    /// </summary>
    public ImmutableArray<string> SecurityGroups { get; init; }

    /// <summary>Comma-joined role names of the user who booted it, for dynamic vendor data.</summary>
    public string BootRoles { get; init; } = "";

    /// <summary>The stored password, put together from its parts; empty means that none is set.</summary>
    public string Password { get; init; } = "";

    /// <summary>Parts that the source holds but could not make sense of.</summary>
    public InstanceParts Unreadable { get; init; }

    public bool IsUnreadable(InstanceParts part) => (Unreadable & part) != InstanceParts.None;
}

/// <summary>The parts of an instance that a source may fail to read one by one.</summary>
[Flags]
public enum InstanceParts
{
    None = 0,

    /// <summary>The stored text is not base64.</summary>
    UserData = 1,

    /// <summary>The network info cache is missing or is not JSON of the known shape.</summary>
    NetworkInterfaces = 2,

    /// <summary>A part of the stored password is null.</summary>
    Password = 4,

    /// <summary>The flavor's object is missing or unreadable.</summary>
    Flavor = 8,

    /// <summary>The key pair list is unreadable.</summary>
    KeyPair = 16,

    /// <summary>The device metadata is unreadable.</summary>
    Devices = 32,

    /// <summary>The NUMA topology is unreadable.</summary>
    DedicatedCpus = 64,

    /// <summary>The EC2 ids could be neither read nor made.</summary>
    Ec2Ids = 128,
}

/// <summary>One <c>meta</c> entry.</summary>
public readonly record struct MetadataItem(string Key, string Value);

/// <summary>A public key as meta_data.json shows it. <paramref name="Type"/> is <c>ssh</c> or <c>x509</c>.</summary>
public sealed record KeyPair(string Name, string Type, string PublicKey);

/// <summary>
/// The numbers behind <c>i-%08x</c>, <c>ami-%08x</c>, <c>aki-%08x</c> and <c>ari-%08x</c> (spec/nova-metadata.md §7.4).
/// A null <paramref name="Image"/>, <paramref name="Kernel"/> or <paramref name="Ramdisk"/> means that the instance has none.
/// </summary>
public readonly record struct Ec2Ids(long? Instance, long? Image, long? Kernel, long? Ramdisk);

/// <summary>A block device row, as the EC2 block device mapping needs it (spec/nova-metadata.md §4.3).</summary>
public sealed record BlockDevice(string? SourceType, string? DestinationType, string? GuestFormat, string? DeviceName);
