using System.CommandLine;
using System.Text.Json;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>
/// <c>create</c>, <c>list</c>, <c>show</c>, <c>set</c>, <c>edit</c>, <c>unset</c> and <c>delete</c> for any kind of entry. What is created or changed is
/// printed as <c>show</c> prints it; deleting prints nothing.
/// </summary>
static class EntryCommands
{
    public static Command Create<T>(Noun<T> noun, InventoryAccess access)
        where T : class
    {
        var command = new Command(noun.Name, noun.Description)
        {
            CreateVerb(noun, access),
            ListVerb(noun, access),
            ShowVerb(noun, access),
            SetVerb(noun, access),
        };
        command.Subcommands.Add(EntryEditing.Create(noun, access, Which(noun)));
        if (noun.UnsetOptions() is { } options)
        {
            command.Subcommands.Add(UnsetVerb(noun, access, options));
        }
        command.Subcommands.Add(DeleteVerb(noun, access));
        return command;
    }

    static ExampleCommand CreateVerb<T>(Noun<T> noun, InventoryAccess access)
        where T : class
    {
        var name = new Argument<string>("NAME")
        {
            Description = $"The {noun.Name}'s name; need not be unique",
            Arity = noun.NeedsName ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
        };
        var shown = new FieldOutput();
        var options = noun.Options(isNew: true);
        var command = new ExampleCommand("create", $"Create {noun.WithArticle}.", noun.Examples.Create) { name };
        AddOptions(command, options.All);
        shown.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var entry = options.Read(parsed)(noun.New(parsed.GetValue(name) ?? ""));
                using var open = access.OpenForWriting(parsed);
                var created = await open.Inventory.TogetherAsync<T>(
                    async inventory =>
                    {
                        var outcome = await noun.Of(inventory).CreateAsync(entry, cancellationToken);
                        return outcome.IsRefused
                            ? outcome
                            : await options.FollowAsync(parsed, inventory, outcome.Value, cancellationToken);
                    },
                    cancellationToken
                );
                await EntryPrinting.ShowChangedAsync(
                    parsed,
                    shown,
                    noun,
                    open.Inventory,
                    Refusals.Taken(created),
                    "created",
                    cancellationToken
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    static ExampleCommand ListVerb<T>(Noun<T> noun, InventoryAccess access)
        where T : class
    {
        var shown = new RowOutput(noun.Columns);
        var filter = noun.Filter();
        var command = new ExampleCommand("list", $"List {noun.Name}s.", noun.Examples.List);
        AddOptions(command, filter.All);
        shown.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var open = access.OpenForReading(parsed);
                var isWanted = await filter.ReadAsync(parsed, open.Inventory, cancellationToken);
                var entries = new List<T>();
                await foreach (var entry in noun.Of(open.Inventory).ListAsync(cancellationToken))
                {
                    if (isWanted(entry))
                    {
                        entries.Add(noun.ForList(entry));
                    }
                }
                var cells = shown.NeedsCells(parsed)
                    ? await noun.RowsAsync(open.Inventory, entries, cancellationToken)
                    : entries.Select(static _ => (IReadOnlyList<string?>)[]);
                shown.Write(
                    parsed,
                    entries.Zip(
                        cells,
                        (entry, row) =>
                            new RowOutput.Row(row, json => JsonSerializer.Serialize(json, entry, noun.Shape))
                    )
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    static ExampleCommand ShowVerb<T>(Noun<T> noun, InventoryAccess access)
        where T : class
    {
        var which = Which(noun);
        var shown = new FieldOutput();
        var command = new ExampleCommand(
            "show",
            $"Show everything about one {noun.Name}.",
            $"stackmeta {noun.Name} show NAME --output json"
        )
        {
            which,
        };
        shown.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var open = access.OpenForReading(parsed);
                var found = await noun.Of(open.Inventory).FindAsync(parsed.GetValue(which)!, cancellationToken);
                await EntryPrinting.ShowAsync(
                    parsed,
                    shown,
                    noun,
                    open.Inventory,
                    Refusals.Taken(found),
                    cancellationToken
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    static ExampleCommand SetVerb<T>(Noun<T> noun, InventoryAccess access)
        where T : class =>
        ChangeVerb(noun, access, noun.Options(isNew: false), "set", $"Change one {noun.Name}.", noun.Examples.Set);

    static ExampleCommand UnsetVerb<T>(Noun<T> noun, InventoryAccess access, EntryOptions<T> options)
        where T : class =>
        ChangeVerb(
            noun,
            access,
            options,
            "unset",
            $"Remove items of one {noun.Name}'s lists.",
            $"stackmeta {noun.Name} unset NAME {options.All.First().Name} {options.All.First().HelpName}"
        );

    static ExampleCommand ChangeVerb<T>(
        Noun<T> noun,
        InventoryAccess access,
        EntryOptions<T> options,
        string verb,
        string description,
        string example
    )
        where T : class
    {
        var which = Which(noun);
        var shown = new FieldOutput();
        var command = new ExampleCommand(verb, description, example) { which };
        AddOptions(command, options.All);
        shown.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                if (!options.All.Any(option => parsed.GetResult(option) is { Implicit: false }))
                {
                    throw new CommandException(
                        $"Nothing to change was named; see 'stackmeta {noun.Name} {verb} --help'.",
                        ExitCodes.Usage
                    );
                }
                var change = options.Read(parsed);
                using var open = access.OpenForReading(parsed);
                var changed = await open.Inventory.TogetherAsync<T>(
                    async inventory =>
                    {
                        var outcome = await noun.Of(inventory)
                            .ChangeAsync(parsed.GetValue(which)!, change, cancellationToken);
                        return outcome.IsRefused
                            ? outcome
                            : await options.FollowAsync(parsed, inventory, outcome.Value, cancellationToken);
                    },
                    cancellationToken
                );
                await EntryPrinting.ShowChangedAsync(
                    parsed,
                    shown,
                    noun,
                    open.Inventory,
                    Refusals.Taken(changed),
                    "changed",
                    cancellationToken
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    static ExampleCommand DeleteVerb<T>(Noun<T> noun, InventoryAccess access)
        where T : class
    {
        var which = new Argument<string[]>(noun.Name.ToUpperInvariant())
        {
            Description = $"Ids or names of {noun.Name}s; all are deleted, or none",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new ExampleCommand("delete", $"Delete {noun.Name}s.", $"stackmeta {noun.Name} delete NAME OTHER")
        {
            which,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var open = access.OpenForReading(parsed);
                var deleted = await open.Inventory.TogetherAsync<T>(
                    async inventory =>
                    {
                        var outcome = default(Outcome<T>);
                        foreach (var entry in parsed.GetValue(which)!.Distinct(StringComparer.Ordinal))
                        {
                            outcome = await noun.Of(inventory).DeleteAsync(entry, cancellationToken);
                            if (outcome.IsRefused)
                            {
                                break;
                            }
                        }
                        return outcome;
                    },
                    cancellationToken
                );
                Refusals.Taken(deleted);
                return ExitCodes.Done;
            }
        );
        return command;
    }

    static Argument<string> Which<T>(Noun<T> noun)
        where T : class => new(noun.Name.ToUpperInvariant()) { Description = $"The {noun.Name}'s id or name" };

    static void AddOptions(Command command, IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }
}
