namespace Stackmeta.Inventory;

/// <summary>A row of the store that cannot be understood: nobody wrote it by way of the inventory's rules.</summary>
/// <param name="Kind">For example <c>port</c>.</param>
/// <param name="Id">Its id, as far as that can be read.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record RecordFault(string Kind, string Id, string Reason)
{
    /// <summary>The network that it is of; null when that cannot be read either.</summary>
    public string? NetworkId { get; init; }

    /// <summary>Of a port: what kind of device it is for; null when that cannot be read.</summary>
    public string? DeviceOwner { get; init; }

    /// <summary>Of a port: the device; null when that cannot be read.</summary>
    public string? DeviceId { get; init; }

    /// <summary>For example <c>port 5d6f… cannot be understood: …</c>.</summary>
    public override string ToString() => $"{Kind} {Id} cannot be understood: {Reason}";
}
