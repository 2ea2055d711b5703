using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents;

/// <summary>Values made of the numbers that Nova keeps for EC2 (spec/nova-metadata.md §7.4).</summary>
static class Ec2Identities
{
    public static Ec2Value Instance(Instance instance, in Ec2Scope scope) =>
        instance.Ec2Ids.Instance is { } number ? Ec2Value.OfId("i-", number) : Ec2Value.Refused(Refusal.PartUnreadable);

    /// <summary>An instance that boots from a volume has no image: <c>None</c>.</summary>
    public static Ec2Value Image(Instance instance, in Ec2Scope scope) =>
        Of(instance, "ami-", instance.Ec2Ids.Image, instance.ImageRef, Ec2Value.Null);

    public static Ec2Value Kernel(Instance instance, in Ec2Scope scope) =>
        Of(instance, "aki-", instance.Ec2Ids.Kernel, instance.KernelId, Ec2Value.Absent);

    public static Ec2Value Ramdisk(Instance instance, in Ec2Scope scope) =>
        Of(instance, "ari-", instance.Ec2Ids.Ramdisk, instance.RamdiskId, Ec2Value.Absent);

    static Ec2Value Of(Instance instance, string prefix, long? number, string? image, Ec2Value without) =>
        number is { } value ? Ec2Value.OfId(prefix, value)
        : instance.IsUnreadable(InstanceParts.Ec2Ids) && !string.IsNullOrEmpty(image)
            ? Ec2Value.Refused(Refusal.PartUnreadable)
        : without;
}
