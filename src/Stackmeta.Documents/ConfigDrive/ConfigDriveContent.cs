using System.Collections.Immutable;

namespace Stackmeta.Documents;

/// <summary>What a config drive holds beside the instance's own documents.</summary>
public sealed record ConfigDriveContent
{
    /// <summary>
    /// EC2 versions, or <c>latest</c>, that are left out (Nova's <c>[api] config_drive_skip_versions</c>). OpenStack versions are all
    /// written.
    /// </summary>
    public ImmutableArray<string> SkippedVersions { get; init; } = [.. DefaultSkippedVersions.Split(' ')];

    /// <summary>Nova's default, as nova.conf would say it: everything but 2009-04-04 and <c>latest</c>.</summary>
    public const string DefaultSkippedVersions =
        "1.0 2007-01-19 2007-03-01 2007-08-29 2007-10-10 2007-12-15 2008-02-01 2008-09-01";

    /// <summary>All that can be left out.</summary>
    public static ImmutableArray<string> SkippableVersions => Ec2Versions.Names;

    /// <summary>Shown as <c>admin_pass</c>; null for none. A drive is the only place where it is shown.</summary>
    public string? AdminPassword { get; init; }

    /// <summary>Further keys of each meta_data.json, after <c>admin_pass</c>.</summary>
    public ImmutableArray<ExtraMetaData> ExtraMetaData { get; init; } = [];

    /// <summary>Files that the user had injected at boot, in order.</summary>
    public ImmutableArray<PersonalityFile> PersonalityFiles { get; init; } = [];
}

/// <summary>A further key of meta_data.json on a config drive.</summary>
/// <param name="Name">Not one of the document's own keys.</param>
/// <param name="Json">The value, already in Python's JSON form.</param>
public readonly record struct ExtraMetaData(string Name, ReadOnlyMemory<byte> Json);

/// <summary>A file that the guest is to put in a place.</summary>
/// <param name="Path">Where, in the guest.</param>
/// <param name="Content">Its bytes.</param>
public readonly record struct PersonalityFile(string Path, ReadOnlyMemory<byte> Content);

/// <summary>A file on a config drive.</summary>
/// <param name="Path">Relative to the drive's root, with <c>/</c> between names.</param>
/// <param name="Content">Its bytes.</param>
public readonly record struct ConfigDriveFile(string Path, ReadOnlyMemory<byte> Content);
