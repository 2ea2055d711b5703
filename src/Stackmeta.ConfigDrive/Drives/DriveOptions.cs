namespace Stackmeta.ConfigDrive;

/// <summary>What a drive is besides its files. Equal options and equal files give equal bytes.</summary>
public sealed record DriveOptions
{
    /// <summary>The label by which OpenStack's guests find the drive (<c>config-2</c>, spec/nova-metadata.md §9.3).</summary>
    public const string ConfigDriveLabel = "config-2";

    /// <summary>The label by which cloud-init's NoCloud finds its seed.</summary>
    public const string NoCloudLabel = "cidata";

    public DriveFormat Format { get; init; } = DriveFormat.Iso9660;

    /// <summary>
    /// ISO 9660: at most 16 printable ASCII characters (Joliet's room). vfat: at most 11, without <c>"*+,./:;&lt;=&gt;?[\]|</c>.
    /// </summary>
    public string Label { get; init; } = ConfigDriveLabel;

    /// <summary>ISO 9660's publisher, at most 64 printable ASCII characters. Nova writes its product and version here.</summary>
    public string Publisher { get; init; } = "Stackmeta";

    /// <summary>The one time of all files, folders and the volume; written as UTC, in whole (vfat: even) seconds.</summary>
    public required DateTimeOffset Time { get; init; }
}
