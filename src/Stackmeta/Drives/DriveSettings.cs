using Stackmeta.Api;
using Stackmeta.ConfigDrive;
using Stackmeta.Core.Lookups;

namespace Stackmeta;

/// <summary>What drives are made of where the settings say it, and not nova.conf.</summary>
static class DriveSettings
{
    public static DriveSource Of(SettingValues settings, IInstanceSource instances, IVendorData vendorData) =>
        new()
        {
            Instances = instances,
            VendorData = vendorData,
            Documents = DocumentSettings.Of(settings),
            UsualFormat = DriveFormat.Iso9660,
            SkippedVersions = [.. settings.Get(KnownSettings.ConfigDriveSkipVersions)],
        };
}
