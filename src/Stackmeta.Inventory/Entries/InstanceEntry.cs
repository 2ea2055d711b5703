using System.Collections.Immutable;
using Stackmeta.Core.Instances;

namespace Stackmeta.Inventory;

/// <summary>
/// An instance as the inventory holds it: everything of <see cref="Instance"/> but what its ports, subnets and networks tell.
/// </summary>
/// <param name="Id">The uuid; empty for a new one.</param>
/// <param name="Name">The name that the user chose (<c>name</c> in meta_data.json).</param>
/// <param name="Hostname">A host name (RFC 1123); empty for one made from <see cref="Name"/>.</param>
/// <param name="ProjectId">The owner; empty for <see cref="Projects.Default"/>. Cannot change.</param>
/// <param name="LaunchIndex">The number of the instance among those made by one request, from 0.</param>
/// <param name="ReservationId">Empty for a new one of Nova's form, <c>r-</c> and eight letters or digits.</param>
/// <param name="KeyName">Name of the key pair; null for that of <see cref="KeyPair"/>.</param>
/// <param name="KeyData">The public key that the EC2 tree shows; null for that of <see cref="KeyPair"/>.</param>
/// <param name="KeyPair">The public key that meta_data.json shows; null for one of <see cref="KeyName"/> and <see cref="KeyData"/>.</param>
/// <param name="UserData">Up to <see cref="Limits.UserDataBytes"/> bytes of any kind; null for none.</param>
public sealed record InstanceEntry(
    string Id = "",
    string Name = "",
    string Hostname = "",
    string ProjectId = "",
    int LaunchIndex = 0,
    string? AvailabilityZone = null,
    string ReservationId = "",
    string? KeyName = null,
    string? KeyData = null,
    KeyPair? KeyPair = null,
    ReadOnlyMemory<byte>? UserData = null
)
{
    /// <summary><c>meta</c> of meta_data.json, in order.</summary>
    public ImmutableArray<MetadataItem> Metadata
    {
        get;
        init => field = value.IsDefault ? [] : value;
    } = [];

    /// <summary><c>instance-type</c> of the EC2 tree; null is shown as an empty text.</summary>
    public string? FlavorName { get; init; }

    public string? ImageRef { get; init; }

    public string? KernelId { get; init; }

    public string? RamdiskId { get; init; }

    /// <summary>
    /// The numbers of the EC2 ids; those left null are handed out when the instance is created, one to an instance and one to an image.
    /// </summary>
    public Ec2IdsEntry? Ec2Ids { get; init; }

    public string? RootDeviceName { get; init; }

    public string? DefaultEphemeralDevice { get; init; }

    public string? DefaultSwapDevice { get; init; }

    public ImmutableArray<BlockDevice> BlockDevices
    {
        get;
        init => field = value.IsDefault ? [] : value;
    } = [];

    public ImmutableArray<DeviceEntry> Devices
    {
        get;
        init => field = value.IsDefault ? [] : value;
    } = [];

    /// <summary>Guest CPUs pinned to host CPUs; kept sorted.</summary>
    public ImmutableArray<int> DedicatedCpus
    {
        get;
        init => field = value.IsDefault ? [] : value;
    } = [];

    /// <summary>Names in the order in which the EC2 tree shows them.</summary>
    public ImmutableArray<string> SecurityGroups
    {
        get;
        init => field = value.IsDefault ? [] : value;
    } = [];

    /// <summary>Comma-joined role names of the user who booted the instance.</summary>
    public string BootRoles
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>The password that the guest posted; empty while there is none.</summary>
    public string Password
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>Names the instance and nothing that is secret.</summary>
    public override string ToString() => $"instance {Id} ({Name})";
}

/// <summary>The numbers behind an instance's EC2 ids, 1 to 2147483647.</summary>
public sealed record Ec2IdsEntry(long? Instance = null, long? Image = null, long? Kernel = null, long? Ramdisk = null);
