using System.CommandLine;

namespace Stackmeta;

/// <summary><c>stackmeta config-drive</c>: volumes that tell a guest what the metadata service would.</summary>
static class ConfigDriveCommand
{
    /// <param name="common">The settings.</param>
    /// <param name="openOutput">Opens standard output for bytes: text writers cannot carry a volume.</param>
    public static Command Create(CommonOptions common, Func<Stream> openOutput) =>
        new("config-drive", "Make, read and compare config drives.")
        {
            ConfigDriveBuildCommand.Create(common, openOutput),
            ConfigDriveShowCommand.Create(openOutput),
            ConfigDriveDiffCommand.Create(),
        };
}
