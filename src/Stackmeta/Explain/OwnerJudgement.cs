namespace Stackmeta;

/// <summary>Whose address it is.</summary>
static class OwnerJudgement
{
    public static LinkVerdict Port(PathSubject subject) =>
        subject switch
        {
            { IsFromInventory: false, Port: null } => LinkVerdict.NotLookedAt(
                PathLink.Port,
                "no inventory here, and no --config-file of Neutron's"
            ),
            { Port: null } => LinkVerdict.Broken(Finding.PortUnknown, $"no port has {subject.Address}"),
            { Rivals: [var rival, ..] } => LinkVerdict.Broken(
                Finding.PortAmbiguous,
                $"{subject.Port.Id} and {rival.Id} have one address"
            ),
            { Address: null } => LinkVerdict.Broken(Finding.PortWithoutAddress, $"{subject.Port.Id} has no address"),
            { Port.DeviceId: "" } => LinkVerdict.Broken(
                Finding.PortWithoutDevice,
                $"{subject.Port.Id} belongs to nobody"
            ),
            _ => LinkVerdict.Fine(PathLink.Port, $"{subject.Port.Id}, {subject.Port.MacAddress}"),
        };

    public static LinkVerdict Instance(PathSubject subject) =>
        subject switch
        {
            { Port: null or { DeviceId: "" } } => LinkVerdict.NotLookedAt(PathLink.Instance, "no port names one"),
            { IsFromInventory: false } => LinkVerdict.NotLookedAt(
                PathLink.Instance,
                $"{subject.Port.DeviceId} is Nova's"
            ),
            { Instance: null } => LinkVerdict.Broken(
                Finding.InstanceUnknown,
                $"there is no instance {subject.Port.DeviceId}"
            ),
            _ => LinkVerdict.Fine(PathLink.Instance, subject.Instance.Id),
        };
}
