using System.CommandLine;
using Stackmeta.Edge;

namespace Stackmeta;

/// <summary><c>stackmeta port attach</c> and <c>detach</c>: a guest's interface goes on the bridge of its port's network.</summary>
static class PortAttachCommands
{
    public static IEnumerable<Command> Create(InventoryAccess access)
    {
        yield return Create(
            "attach",
            "Put a tap or veth on the bridge of a port's network; the guest behind it must have the port's MAC.",
            access,
            PortAttachment.AttachAsync
        );
        yield return Create(
            "detach",
            "Take an interface off the bridge of a port's network.",
            access,
            PortAttachment.DetachAsync
        );
    }

    static ExampleCommand Create(
        string name,
        string description,
        InventoryAccess access,
        Func<Guid, string, CancellationToken, Task> act
    )
    {
        var port = new Argument<string>("PORT") { Description = "The port's id or name" };
        var device = new Argument<string>("DEVICE") { Description = "The interface on this host, for example tap0" };
        var command = new ExampleCommand(name, description, $"stackmeta port {name} $PORT tap0") { port, device };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var open = access.OpenForReading(parsed);
                var found = await open.Inventory.Ports.FindAsync(parsed.GetValue(port)!, cancellationToken);
                await act(Guid.Parse(Refusals.Taken(found).NetworkId), parsed.GetValue(device)!, cancellationToken);
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
