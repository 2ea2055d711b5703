using Stackmeta.ConfigDrive;

namespace Stackmeta;

/// <summary>The formats by the words that Nova, too, has for them.</summary>
static class DriveFormats
{
    public const string Iso9660 = "iso9660";
    public const string Vfat = "vfat";

    public static DriveFormat Of(string word) => word == Vfat ? DriveFormat.Vfat : DriveFormat.Iso9660;

    public static string NameOf(DriveFormat format) => format is DriveFormat.Vfat ? Vfat : Iso9660;
}
