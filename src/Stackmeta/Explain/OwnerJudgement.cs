using Stackmeta.Core.Refusals;

namespace Stackmeta;

/// <summary>Whose address it is.</summary>
static class OwnerJudgement
{
    public static LinkVerdict Port(PathSubject subject, PathSights sights) =>
        subject switch
        {
            { Origin: SubjectOrigin.Nobody } => LinkVerdict.NotLookedAt(
                PathLink.Port,
                "no inventory here, and no --config-file of Neutron's"
            ),
            // The look-up is what the agent does; it knows of rivals on other networks of a router too.
            _ when sights.LookUp == Refusal.PortAmbiguous => LinkVerdict.Broken(
                Finding.PortAmbiguous,
                $"several ports have {subject.Address}"
            ),
            _ when sights.LookUp == Refusal.PortWithoutDevice => Unowned(subject),
            { Origin: SubjectOrigin.Neutron, Port: null } when sights.LookUp != Refusal.PortNotFound =>
                LinkVerdict.NotLookedAt(PathLink.Port, "Neutron does not tell the network's ports"),
            { Port: null } => LinkVerdict.Broken(Finding.PortUnknown, $"no port has {subject.Address}"),
            { Address: null } => LinkVerdict.Broken(Finding.PortWithoutAddress, $"{subject.Port.Id} has no address"),
            { Port.DeviceId: "" } => Unowned(subject),
            _ => LinkVerdict.Fine(PathLink.Port, $"{subject.Port.Id}, {subject.Port.MacAddress}"),
        };

    public static LinkVerdict Instance(PathSubject subject) =>
        subject switch
        {
            { Port: null or { DeviceId: "" } } => LinkVerdict.NotLookedAt(PathLink.Instance, "no port names one"),
            { Origin: SubjectOrigin.Neutron } => LinkVerdict.Fine(
                PathLink.Instance,
                $"{subject.Port.DeviceId} by Neutron's word"
            ),
            { Instance: null } => LinkVerdict.Broken(
                Finding.InstanceUnknown,
                $"there is no instance {subject.Port.DeviceId}"
            ),
            _ => LinkVerdict.Fine(PathLink.Instance, subject.Instance.Id),
        };

    static LinkVerdict Unowned(PathSubject subject) =>
        LinkVerdict.Broken(
            Finding.PortWithoutDevice,
            $"{subject.Port?.Id ?? $"the port of {subject.Address}"} belongs to nobody"
        );
}
