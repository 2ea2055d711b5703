using System.Collections.Immutable;
using Stackmeta.Api;
using Stackmeta.ConfigDrive;
using Stackmeta.Core.Lookups;
using Stackmeta.Documents;

namespace Stackmeta;

/// <summary>What drives are made of: the sources and options of the metadata API, so that a guest reads the same either way.</summary>
sealed record DriveSource
{
    /// <summary>Asked each time. A drive is written once, so a kept record would be old for ever.</summary>
    public required IInstanceSource Instances { get; init; }

    public required IVendorData VendorData { get; init; }

    /// <summary>Asked for names that a record does not hold; null when records hold them all.</summary>
    public ISecurityGroupNames? SecurityGroups { get; init; }

    public required DocumentOptions Documents { get; init; }

    /// <summary>The format where nobody names one.</summary>
    public required DriveFormat UsualFormat { get; init; }

    /// <summary>As in <see cref="ConfigDriveContent.SkippedVersions"/>.</summary>
    public required ImmutableArray<string> SkippedVersions { get; init; }
}
