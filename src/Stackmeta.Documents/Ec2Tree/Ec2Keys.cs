using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Stackmeta.Documents;

/// <summary>
/// The one table of the EC2 tree: listings, leaves and the config drive's file all come from it (spec/nova-metadata.md §4.1).
/// </summary>
static class Ec2Keys
{
    public const string MetaData = "meta-data";
    public const string UserData = "user-data";
    public const string SecurityGroupsPath = MetaData + "/" + SecurityGroups;

    const string SecurityGroups = "security-groups";

    /// <summary>In the order of the config drive's file.</summary>
    public static readonly ImmutableArray<Ec2Key> All =
    [
        new("ami-id", Ec2Versions.First, Ec2Identities.Image),
        new("ami-launch-index", Ec2Versions.First, (instance, in _) => Ec2Value.Of(instance.LaunchIndex)),
        // Nova's own word, never filled in.
        new("ami-manifest-path", Ec2Versions.First, (_, in _) => Ec2Value.Of("FIXME")),
        new("instance-id", Ec2Versions.First, Ec2Identities.Instance),
        new("hostname", Ec2Versions.First, Ec2Names.Hostname),
        new("local-ipv4", Ec2Versions.First, Ec2Addresses.Local),
        new("reservation-id", Ec2Versions.First, (instance, in _) => Ec2Value.Of(instance.ReservationId)),
        new(SecurityGroups, Ec2Versions.First, Ec2Names.SecurityGroups),
        new("public-keys", Ec2Versions.First, Ec2Names.PublicKeys),
        new("local-hostname", Ec2Versions.Of2007January, Ec2Names.Hostname),
        new("public-hostname", Ec2Versions.Of2007January, Ec2Names.Hostname),
        new("public-ipv4", Ec2Versions.Of2007January, Ec2Addresses.Public),
        new("instance-type", Ec2Versions.Of2007August, Ec2Names.Flavor),
        new("block-device-mapping", Ec2Versions.Of2007December, Ec2BlockDevices.Mapping),
        new("kernel-id", Ec2Versions.Of2007December, Ec2Identities.Kernel),
        new("ramdisk-id", Ec2Versions.Of2007December, Ec2Identities.Ramdisk),
        new("placement", Ec2Versions.Of2008February, Ec2Names.Placement),
        new("instance-action", Ec2Versions.Of2008September, (_, in _) => Ec2Value.Of("none")),
    ];

    /// <summary>In the order of listings.</summary>
    public static readonly ImmutableArray<Ec2Key> Sorted = [.. All.OrderBy(key => key.Name, StringComparer.Ordinal)];

    /// <summary>Paths that are asked for all the time, so that naming them costs no new text.</summary>
    static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> UsualPaths = All.Select(key =>
            $"{MetaData}/{key.Name}"
        )
        .Concat([
            MetaData,
            UserData,
            $"{MetaData}/public-keys/0",
            $"{MetaData}/public-keys/0/openssh-key",
            $"{MetaData}/placement/availability-zone",
            $"{MetaData}/block-device-mapping/ami",
            $"{MetaData}/block-device-mapping/root",
            $"{MetaData}/block-device-mapping/swap",
            $"{MetaData}/block-device-mapping/ephemeral0",
        ])
        .ToFrozenSet(StringComparer.Ordinal)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The text of what follows a version in a path.</summary>
    public static string PathOf(ReadOnlySpan<char> path) =>
        path.IsEmpty ? ""
        : UsualPaths.TryGetValue(path, out var usual) ? usual
        : path.ToString();

    /// <summary>The key of that name, or null.</summary>
    public static Ec2Key? Find(ReadOnlySpan<char> name)
    {
        foreach (var key in All)
        {
            if (name.SequenceEqual(key.Name))
            {
                return key;
            }
        }
        return null;
    }
}
