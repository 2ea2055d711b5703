using System.CommandLine;

namespace Stackmeta;

/// <summary>The commands about what is in the inventory: five nouns with the same five verbs, and the whole as one document.</summary>
static class InventoryCommands
{
    public static IEnumerable<Command> Create(CommonOptions common) => Create(InventoryAccess.Of(common));

    public static IEnumerable<Command> Create(InventoryAccess access) =>
        [
            EntryCommands.Create(new NetworkNoun(), access),
            EntryCommands.Create(new SubnetNoun(), access),
            EntryCommands.Create(new RouterNoun(), access),
            WithAttachment(EntryCommands.Create(new PortNoun(), access), access),
            EntryCommands.Create(new InstanceNoun(access.OpenInput), access),
            ImportCommand.Create(access),
            ExportCommand.Create(access),
        ];

    /// <summary>Ports have two verbs more, which act on this host and not on the inventory.</summary>
    static Command WithAttachment(Command port, InventoryAccess access)
    {
        foreach (var command in PortAttachCommands.Create(access))
        {
            port.Subcommands.Add(command);
        }
        return port;
    }
}
