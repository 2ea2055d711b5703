namespace Stackmeta.Core.Refusals;

/// <summary>Who asks, once it is known: what one hop tells the next.</summary>
/// <param name="InstanceId">The device id of the caller's port; not validated, an unknown one finds nothing.</param>
/// <param name="ProjectId">The project of the caller's port, which must own the instance.</param>
/// <param name="ClientAddress">The text of X-Forwarded-For, shown as <c>local-ipv4</c> where the instance has no address of its own; null
/// when there was none.</param>
public readonly record struct RequestIdentity(string InstanceId, string ProjectId, string? ClientAddress);
