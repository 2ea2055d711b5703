using System.CommandLine;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary><c>stackmeta port attach</c> and <c>detach</c>: a guest's interface goes on the bridge of its port's network.</summary>
static class PortAttachCommands
{
    /// <param name="readNetwork">The port's network as it is now; null where guests may speak with any address.</param>
    delegate Task Act(
        PortEntry port,
        string device,
        Func<CancellationToken, Task<EdgeNetwork>>? readNetwork,
        CancellationToken cancellationToken
    );

    public static IEnumerable<Command> Create(InventoryAccess access)
    {
        yield return Create(
            "attach",
            "Put a tap or veth on the bridge of a port's network; the guest behind it must have the port's MAC, and is held to it and to the port's addresses.",
            access,
            static (port, device, readNetwork, cancellationToken) =>
                PortAttachment.AttachAsync(
                    Guid.Parse(port.NetworkId),
                    Guid.Parse(port.Id),
                    device,
                    readNetwork,
                    cancellationToken
                )
        );
        yield return Create(
            "detach",
            "Take an interface off the bridge of a port's network.",
            access,
            static (port, device, readNetwork, cancellationToken) =>
                PortAttachment.DetachAsync(Guid.Parse(port.NetworkId), device, readNetwork, cancellationToken)
        );
    }

    static ExampleCommand Create(string name, string description, InventoryAccess access, Act act)
    {
        var port = new Argument<string>("PORT|INSTANCE")
        {
            Description = "The port, or an instance that has one only, by id or name",
        };
        var device = new Argument<string>("DEVICE") { Description = "The interface on this host, for example tap0" };
        var command = new ExampleCommand(name, description, $"stackmeta port {name} $PORT tap0") { port, device };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var open = access.OpenForReading(parsed);
                var found = await FindAsync(open.Inventory, parsed.GetValue(port)!, cancellationToken);
                await act(
                    found,
                    parsed.GetValue(device)!,
                    access.HasPortSecurity(parsed)
                        ? async reading =>
                            await ReadNetworkAsync(open.Inventory, found.NetworkId, reading) with
                            {
                                LinkLocalAddresses = access.LinkLocalAddresses(parsed),
                            }
                        : null,
                    cancellationToken
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    static async ValueTask<PortEntry> FindAsync(
        IInventory inventory,
        string nameOrId,
        CancellationToken cancellationToken
    )
    {
        var port = await inventory.Ports.FindAsync(nameOrId, cancellationToken);
        if (!port.IsRefused)
        {
            return port.Value;
        }
        if (port.Objections[0].Kind == ObjectionKind.Ambiguous)
        {
            throw Refusals.Error(port.Objections);
        }
        var instance = await inventory.Instances.FindAsync(nameOrId, cancellationToken);
        if (instance.IsRefused)
        {
            throw instance.Objections[0].Kind == ObjectionKind.Ambiguous
                ? Refusals.Error(instance.Objections)
                : new CommandException($"there is no port or instance with the id or name '{nameOrId}'.");
        }
        var ports = await inventory
            .Ports.ListAsync(cancellationToken)
            .Where(one => one.DeviceId == instance.Value.Id)
            .ToListAsync(cancellationToken);
        return ports.Count switch
        {
            1 => ports[0],
            0 => throw new CommandException(
                $"Instance '{nameOrId}' has no port; 'stackmeta port create --network NETWORK --device {nameOrId}' gives it one."
            ),
            _ => throw new CommandException(
                $"Instance '{nameOrId}' has several ports; name one: {string.Join(", ", ports.Select(one => one.Id))}."
            ),
        };
    }

    static async Task<EdgeNetwork> ReadNetworkAsync(
        IInventory inventory,
        string networkId,
        CancellationToken cancellationToken
    )
    {
        var layouts = await inventory.ReadLayoutsAsync([networkId], cancellationToken);
        return EdgeNetworks.Of(layouts, dnsDomain: "").FirstOrDefault()
            ?? throw new EdgeException(
                $"The network {networkId} has no subnet with DHCP: nothing of it is on this host."
            );
    }
}
