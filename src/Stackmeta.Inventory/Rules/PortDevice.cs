namespace Stackmeta.Inventory;

/// <summary>What a port belongs to, as far as the inventory knows it.</summary>
/// <param name="Id">The device's id; any text when the device is not known here.</param>
/// <param name="Owner">The port's device owner.</param>
/// <param name="ProjectId">The device's project; null when not known.</param>
/// <param name="InstanceProjectId">The same, when the device is an instance.</param>
readonly record struct PortDevice(string Id, string Owner, string? ProjectId, string? InstanceProjectId)
{
    /// <summary>Finds a port's device by uuid, or by name where the owner leaves open or says that it is an instance or a router.</summary>
    public static async ValueTask<PortDevice> FindAsync(InventorySession session, PortEntry port, Objections objections)
    {
        var (device, owner) = (port.DeviceId, port.DeviceOwner);
        if (device.Length == 0)
        {
            return new("", owner, ProjectId: null, InstanceProjectId: null);
        }
        var isRouter = DeviceOwners.RouterInterfaces.Contains(owner);
        var isInstance = owner.StartsWith(DeviceOwners.ComputePrefix, StringComparison.Ordinal);
        var isId = TextRules.IsId(device, out var id);
        if (isId && await InstanceTable.Instance.FindByIdAsync(session.Sql, id!) is { } instance)
        {
            return OfInstance(instance, owner);
        }
        if (isId && await RouterTable.Instance.FindByIdAsync(session.Sql, id!) is { } router)
        {
            return OfRouter(router, owner);
        }
        if (!isId && isRouter)
        {
            return await RouterRules.Instance.FindAsync(session, device, "device_id", objections) is { } named
                ? OfRouter(named, owner)
                : default(PortDevice) with
                {
                    Id = device,
                    Owner = owner,
                };
        }
        if (!isId && (isInstance || owner.Length == 0))
        {
            return await InstanceRules.Instance.FindAsync(session, device, "device_id", objections) is { } named
                ? OfInstance(named, owner)
                : default(PortDevice) with
                {
                    Id = device,
                    Owner = owner,
                };
        }
        // A uuid that is not known yet may be an instance that is created later; other texts are the owner's business.
        return new(
            id ?? device,
            owner.Length > 0 ? owner : DeviceOwners.Compute,
            ProjectId: null,
            InstanceProjectId: null
        );
    }

    static PortDevice OfInstance(InstanceEntry instance, string owner) =>
        new(instance.Id, owner.Length > 0 ? owner : DeviceOwners.Compute, instance.ProjectId, instance.ProjectId);

    static PortDevice OfRouter(RouterEntry router, string owner) =>
        new(
            router.Id,
            owner.Length > 0 ? owner : DeviceOwners.RouterInterface,
            router.ProjectId,
            InstanceProjectId: null
        );
}
