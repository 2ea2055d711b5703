using System.Net.NetworkInformation;

namespace Stackmeta;

/// <summary>One of the demo's two guests.</summary>
/// <param name="InstanceId">Its instance.</param>
/// <param name="PortId">Its port on the demo's network.</param>
/// <param name="Mac">The port's MAC.</param>
sealed record DemoGuest(string Name, string InstanceId, Guid PortId, PhysicalAddress Mac);
