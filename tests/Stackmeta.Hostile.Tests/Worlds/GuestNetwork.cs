namespace Stackmeta.Hostile.Tests;

/// <summary>A network with machines on it, and the namespace in which they are answered.</summary>
/// <param name="Id">Its uuid.</param>
/// <param name="SubnetId">Of its only subnet, 10.0.0.0/24.</param>
/// <param name="Namespace">Where the metadata addresses are.</param>
/// <param name="Device">The interface there.</param>
/// <param name="ServerMac">That interface's MAC.</param>
sealed record GuestNetwork(string Id, string SubnetId, string Namespace, string Device, byte[] ServerMac)
{
    /// <summary>The router to the metadata address; null where that is on the link.</summary>
    public string? Gateway { get; init; }
}
