namespace Stackmeta.OpenStack;

/// <summary>What the cell database holds of one instance, as it stands there (spec/nova-metadata.md §7.3).</summary>
sealed class InstanceRows
{
    public required string Uuid { get; init; }
    public string? ProjectId { get; init; }
    public string? Hostname { get; init; }
    public string? DisplayName { get; init; }
    public long? LaunchIndex { get; init; }
    public string? AvailabilityZone { get; init; }
    public string? ReservationId { get; init; }
    public string? KeyName { get; init; }
    public string? KeyData { get; init; }
    public string? UserData { get; init; }
    public string? ImageRef { get; init; }
    public string? KernelId { get; init; }
    public string? RamdiskId { get; init; }
    public string? RootDeviceName { get; init; }
    public string? DefaultEphemeralDevice { get; init; }
    public string? DefaultSwapDevice { get; init; }

    /// <summary>True for the half of a resize between cells that is not the valid one.</summary>
    public bool IsHidden { get; init; }

    public string? Flavor { get; init; }
    public string? KeyPairs { get; init; }
    public string? DeviceMetadata { get; init; }
    public string? NumaTopology { get; init; }
    public string? NetworkInfo { get; init; }

    /// <summary>In the order of their ids.</summary>
    public List<(string Key, string? Value)> Metadata { get; } = [];

    /// <summary>Only <c>boot_roles</c> and <c>password_*</c>; a later row of the same key replaces an earlier one.</summary>
    public Dictionary<string, string?> SystemMetadata { get; } = new(StringComparer.Ordinal);

    public List<(
        string? SourceType,
        string? DestinationType,
        string? GuestFormat,
        string? DeviceName
    )> BlockDevices { get; } = [];

    /// <summary>The instance's number; null when there is no row.</summary>
    public long? InstanceNumber { get; set; }

    /// <summary>Numbers of images by uuid.</summary>
    public Dictionary<string, long> ImageNumbers { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Image, kernel and ramdisk, those that there are.</summary>
    public IEnumerable<string> Images =>
        new[] { ImageRef, KernelId, RamdiskId }
            .Where(image => !string.IsNullOrEmpty(image))
            .Select(image => image!)
            .Distinct(StringComparer.OrdinalIgnoreCase);
}
