namespace Stackmeta.Inventory;

/// <summary>A router as the inventory holds it. Its interfaces are ports whose device it is (<see cref="DeviceOwners.RouterInterfaces"/>).</summary>
public sealed record RouterEntry
{
    /// <summary>The uuid; empty for a new one.</summary>
    public string Id
    {
        get;
        init => field = value ?? "";
    } = "";

    public string Name
    {
        get;
        init => field = value ?? "";
    } = "";

    /// <summary>The owner; empty for <see cref="Projects.Default"/>.</summary>
    public string ProjectId
    {
        get;
        init => field = value ?? "";
    } = "";
}
