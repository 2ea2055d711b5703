namespace Stackmeta.ConfigDrive;

/// <summary>The two file systems that guests look for a config drive on (Nova's <c>config_drive_format</c>).</summary>
public enum DriveFormat
{
    /// <summary>ISO 9660 with Rock Ridge and Joliet. Nova's default, and the only one that Afterburn mounts.</summary>
    Iso9660,

    /// <summary>A FAT16 volume of 64 MiB with long names.</summary>
    Vfat,
}
