using System.CommandLine;
using System.CommandLine.Completions;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>Completes the names of what is in the inventory.</summary>
static class NameCompletion
{
    /// <summary>More than a terminal shows, and few enough to come before a finger is tired.</summary>
    const int Most = 500;

    enum Kind
    {
        Network,
        Subnet,
        Router,
        Port,
        Instance,
    }

    /// <summary>Gives completions to what is called by a resource's name, wherever a command has it.</summary>
    /// <param name="access">The inventory.</param>
    /// <param name="command">With all below it.</param>
    public static void AddTo(InventoryAccess access, Command command)
    {
        foreach (var argument in command.Arguments)
        {
            if (KindsOf(argument.HelpName ?? argument.Name) is { Length: > 0 } kinds)
            {
                argument.CompletionSources.Add(context => Items(access, context, kinds));
            }
        }
        foreach (var option in command.Options)
        {
            // As an argument, a device is an interface of this host.
            var kinds = option.Name == "--device" ? [Kind.Instance, Kind.Router] : KindsOf(option.HelpName ?? "");
            if (kinds.Length > 0)
            {
                option.CompletionSources.Add(context => Items(access, context, kinds));
            }
        }
        foreach (var below in command.Subcommands)
        {
            AddTo(access, below);
        }
    }

    /// <summary>By the word that help has for it, for example <c>PORT|INSTANCE</c>.</summary>
    static Kind[] KindsOf(string helpName) => [.. helpName.Split('|').Select(KindOf).OfType<Kind>()];

    static Kind? KindOf(string word) =>
        word switch
        {
            "NETWORK" => Kind.Network,
            "SUBNET" => Kind.Subnet,
            "ROUTER" => Kind.Router,
            "PORT" => Kind.Port,
            "INSTANCE" => Kind.Instance,
            _ => null,
        };

    static IEnumerable<CompletionItem> Items(InventoryAccess access, CompletionContext context, Kind[] kinds) =>
        Read(access, context, kinds).Select(static name => new CompletionItem(name));

    static List<string> Read(InventoryAccess access, CompletionContext context, Kind[] kinds)
    {
        try
        {
            using var open = access.OpenForReading(context.ParseResult);
            return ReadAsync(open.Inventory, context.WordToComplete, kinds).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is CommandException or SettingsException or InventoryException)
        {
            // Where nothing can be looked up, nothing is completed.
            return [];
        }
    }

    static async ValueTask<List<string>> ReadAsync(IInventory inventory, string begun, Kind[] kinds)
    {
        var names = new List<string>();
        foreach (var kind in kinds)
        {
            var entries = kind switch
            {
                Kind.Network => inventory.Networks.ListAsync().Select(static one => (one.Id, one.Name)),
                Kind.Subnet => inventory.Subnets.ListAsync().Select(static one => (one.Id, one.Name)),
                Kind.Router => inventory.Routers.ListAsync().Select(static one => (one.Id, one.Name)),
                Kind.Port => inventory.Ports.ListAsync().Select(static one => (one.Id, one.Name)),
                _ => inventory.Instances.ListAsync().Select(static one => (one.Id, one.Name)),
            };
            var all = await entries.ToListAsync();
            var twice = all.GroupBy(static one => one.Name)
                .Where(static group => group.Count() > 1)
                .Select(static group => group.Key)
                .ToHashSet();
            names.AddRange(all.Select(one => IsUsable(one.Name) && !twice.Contains(one.Name) ? one.Name : one.Id));
        }
        return [.. names.Where(name => name.StartsWith(begun, StringComparison.Ordinal)).Distinct().Take(Most)];
    }

    /// <summary>Whether shells can put it on a line as it is, and it finds this one.</summary>
    static bool IsUsable(string name) =>
        name.Length > 0
        && !name.StartsWith('-')
        && name.All(static c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or '+');
}
