using System.Collections.Immutable;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>
/// What a command line calls by name or id, for commands that need the id only. A uuid is taken even if the inventory does not have it: it
/// may be one that was deleted, or of a cloud.
/// </summary>
/// <param name="Id">The id.</param>
/// <param name="Kind">What it is, for example <c>instance</c>.</param>
/// <param name="IsKnown">Whether the inventory has it.</param>
sealed record NamedInventory(string Id, string Kind, bool IsKnown)
{
    /// <exception cref="CommandException">None or several have the name.</exception>
    public static ValueTask<NamedInventory> InstanceAsync(
        string nameOrId,
        SettingValues settings,
        CancellationToken cancellationToken
    ) => FindAsync(nameOrId, "instance", InstancesAsync, settings, cancellationToken);

    /// <summary>A network or a router: where guests ask.</summary>
    /// <exception cref="CommandException">None or several have the name.</exception>
    public static ValueTask<NamedInventory> ScopeAsync(
        string nameOrId,
        SettingValues settings,
        CancellationToken cancellationToken
    ) => FindAsync(nameOrId, "network or router", ScopesAsync, settings, cancellationToken);

    /// <summary>What a port can belong to: an instance, a router, or what a port names that is neither.</summary>
    /// <exception cref="CommandException">None or several have the name.</exception>
    public static async ValueTask<string> DeviceIdAsync(
        IInventory inventory,
        string nameOrId,
        CancellationToken cancellationToken
    )
    {
        if (Only(nameOrId, await DevicesAsync(inventory, nameOrId, cancellationToken)) is { } id)
        {
            return id;
        }
        var device = IsId(nameOrId, out var uuid) ? uuid : nameOrId;
        return await inventory
            .Ports.ListAsync(cancellationToken)
            .AnyAsync(port => port.DeviceId == device, cancellationToken)
            ? device
            : throw NotThere("instance or router", nameOrId);
    }

    static async ValueTask<NamedInventory> FindAsync(
        string nameOrId,
        string kind,
        Func<IInventory, string, CancellationToken, ValueTask<Candidate[]>> candidates,
        SettingValues settings,
        CancellationToken cancellationToken
    )
    {
        var place = InventoryPlace.Of(settings);
        var isId = IsId(nameOrId, out var uuid);
        if (isId && !place.MayExist)
        {
            return new(uuid, kind, IsKnown: false);
        }
        using var inventory = place.OpenExisting(TimeProvider.System);
        return Only(nameOrId, await candidates(inventory, nameOrId, cancellationToken)) is { } id
                ? new(id, kind, IsKnown: true)
            : isId ? new(uuid, kind, IsKnown: false)
            : throw NotThere(kind, nameOrId);
    }

    static async ValueTask<Candidate[]> InstancesAsync(
        IInventory inventory,
        string nameOrId,
        CancellationToken cancellationToken
    )
    {
        var instance = await inventory.Instances.FindAsync(nameOrId, cancellationToken);
        return [new("an instance", instance.Value?.Id, instance.Objections)];
    }

    static async ValueTask<Candidate[]> ScopesAsync(
        IInventory inventory,
        string nameOrId,
        CancellationToken cancellationToken
    )
    {
        var network = await inventory.Networks.FindAsync(nameOrId, cancellationToken);
        var router = await inventory.Routers.FindAsync(nameOrId, cancellationToken);
        return
        [
            new("a network", network.Value?.Id, network.Objections),
            new("a router", router.Value?.Id, router.Objections),
        ];
    }

    static async ValueTask<Candidate[]> DevicesAsync(
        IInventory inventory,
        string nameOrId,
        CancellationToken cancellationToken
    )
    {
        var router = await inventory.Routers.FindAsync(nameOrId, cancellationToken);
        return
        [
            .. await InstancesAsync(inventory, nameOrId, cancellationToken),
            new("a router", router.Value?.Id, router.Objections),
        ];
    }

    /// <summary>The id of the one that is there; null for none.</summary>
    /// <exception cref="CommandException">There are several.</exception>
    static string? Only(string nameOrId, Candidate[] candidates)
    {
        foreach (var candidate in candidates)
        {
            if (candidate.Id is null && candidate.Objections[0].Kind == ObjectionKind.Ambiguous)
            {
                throw Refusals.Error(candidate.Objections);
            }
        }
        var found = candidates.Where(static candidate => candidate.Id is not null).ToList();
        return found.Count > 1
            ? throw new CommandException(
                $"'{nameOrId}' is {string.Join(" and ", found.Select(static one => $"{one.What} ({one.Id})"))}; use the id."
            )
            : found.FirstOrDefault()?.Id;
    }

    static CommandException NotThere(string kind, string nameOrId) =>
        new($"there is no {kind} with the id or name '{nameOrId}'.");

    static bool IsId(string text, out string id)
    {
        var isId = Guid.TryParseExact(text, "D", out var uuid);
        id = isId ? uuid.ToString() : "";
        return isId;
    }

    /// <summary>One kind of what may be meant.</summary>
    sealed record Candidate(string What, string? Id, ImmutableArray<Objection> Objections);
}
