namespace Stackmeta.Inventory;

/// <summary>
/// A router as the inventory holds it. Its interfaces are ports whose device it is (<see cref="DeviceOwners.RouterInterfaces"/>).
/// </summary>
/// <param name="Id">The uuid; empty for a new one.</param>
/// <param name="ProjectId">The owner; empty for <see cref="Projects.Default"/>.</param>
public sealed record RouterEntry(string Id = "", string Name = "", string ProjectId = "");
