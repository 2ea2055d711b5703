namespace Stackmeta.ConfigDrive;

/// <summary>A file to be put on a drive. Folders come into being by the paths of their files.</summary>
/// <param name="Path">Relative to the drive's root, with <c>/</c> between names: <c>openstack/latest/meta_data.json</c>.</param>
/// <param name="Content">Its bytes. Files of equal content share its place on an ISO 9660 drive.</param>
public sealed record VolumeFile(string Path, VolumeContent Content);
