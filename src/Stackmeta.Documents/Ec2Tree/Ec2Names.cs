using System.Globalization;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents;

/// <summary>Values that are names, or directories of them.</summary>
static class Ec2Names
{
    public static Ec2Value Hostname(Instance instance, in Ec2Scope scope) =>
        instance.Hostname is null && scope.DomainSuffix.Length > 0
            ? Ec2Value.Refused(Refusal.PartUnreadable)
            : Ec2Value.Of(instance.Hostname, scope.DomainSuffix);

    public static Ec2Value Flavor(Instance instance, in Ec2Scope scope) =>
        instance.FlavorName is null ? Ec2Value.Refused(Refusal.PartUnreadable) : Ec2Value.Of(instance.FlavorName);

    public static Ec2Value SecurityGroups(Instance instance, in Ec2Scope scope)
    {
        var names = instance.SecurityGroups.IsDefault ? scope.Context.SecurityGroups : instance.SecurityGroups;
        return names.IsDefault ? Ec2Value.Refused(Refusal.SecurityGroupsUnavailable) : Ec2Value.OfNames(names);
    }

    public static Ec2Value Placement(Instance instance, in Ec2Scope scope) =>
        Ec2Value.OfDirectory([new("availability-zone", Ec2Value.Of(instance.AvailabilityZone))]);

    /// <summary>Keys by number, which listings call <c>0=name</c> (spec/nova-metadata.md §4.2). Nova has one.</summary>
    public static Ec2Value PublicKeys(Instance instance, in Ec2Scope scope)
    {
        if (string.IsNullOrEmpty(instance.KeyName))
        {
            return Ec2Value.Absent;
        }
        var name = instance.KeyName;
        return KeyLines.AreSeveral(instance.KeyData, instance.KeyPair, scope.IsKeyPerLine)
            ? Ec2Value.OfDirectory([
                .. KeyLines
                    .Of(instance.KeyData!)
                    .Select((key, i) => PublicKey(i.ToString(CultureInfo.InvariantCulture), name, key)),
            ])
            : Ec2Value.OfDirectory([PublicKey("0", name, instance.KeyData)]);
    }

    static Ec2Entry PublicKey(string number, string name, string? key) =>
        new(
            number,
            Ec2Value.OfDirectory([
                new(Ec2Document.TitleEntry, Ec2Value.Of($"{number}=", name)),
                new("openssh-key", Ec2Value.Of(key)),
            ])
        );
}
