using System.CommandLine;
using System.Text;
using System.Text.Json;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>
/// <c>edit</c>: an entry as a document has it, in the user's editor. What is refused is shown above the text and can be mended, as with
/// <c>kubectl edit</c>; what is saved is taken only if nobody has changed the entry meanwhile.
/// </summary>
static class EntryEditing
{
    const string Mark = "// ";

    public static Command Create<T>(Noun<T> noun, InventoryAccess access, Argument<string> which)
        where T : class
    {
        var shown = new FieldOutput();
        var part = noun.EditedPart is { } one ? OptionKinds.Flag(one.Option, one.Description) : null;
        var command = new ExampleCommand(
            "edit",
            $"Edit one {noun.Name} in $VISUAL or $EDITOR.",
            [
                $"stackmeta {noun.Name} edit NAME",
                .. part is null ? [] : (string[])[$"stackmeta {noun.Name} edit NAME {part.Name}"],
            ]
        )
        {
            which,
        };
        if (part is not null)
        {
            command.Options.Add(part);
        }
        shown.AddTo(command);
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var open = access.OpenForReading(parsed);
                var entry = Refusals.Taken(
                    await noun.Of(open.Inventory).FindAsync(parsed.GetValue(which)!, cancellationToken)
                );
                var changed =
                    part is not null && parsed.GetValue(part)
                        ? await EditPartAsync(noun, open.Inventory, entry, parsed, cancellationToken)
                        : await EditWholeAsync(noun, open.Inventory, entry, cancellationToken);
                if (changed is null)
                {
                    await parsed.InvocationConfiguration.Error.WriteLineAsync("Nothing was changed.");
                    return ExitCodes.Done;
                }
                await EntryPrinting.ShowChangedAsync(
                    parsed,
                    shown,
                    noun,
                    open.Inventory,
                    changed,
                    "changed",
                    cancellationToken
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    /// <returns>Null when nothing was changed.</returns>
    static async Task<T?> EditWholeAsync<T>(
        Noun<T> noun,
        IInventory inventory,
        T entry,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var before = JsonText.Write(writer => JsonSerializer.Serialize(writer, entry, noun.Shape)) + "\n";
        var (text, notes) = (
            before,
            $"{Mark}Lines that begin with // are left out. What stays as it is changes nothing.\n"
        );
        using var editor = new TextEditor($"{noun.Name}.json");
        while (true)
        {
            var edited = WithoutNotes(await editor.EditAsync(Encoding.UTF8.GetBytes(notes + text), cancellationToken));
            if (edited.Text == text)
            {
                // Somebody who leaves a text with mistakes as it is has given up.
                return text == before ? null : throw Refused(editor, notes);
            }
            var read = EntryJson.Read(edited.Json.Span, noun.Shape);
            var outcome = read.IsRefused
                ? read
                : await KeepingAsync(
                    editor,
                    () => TakeAsync(noun, inventory, entry, _ => read.Value!, cancellationToken)
                );
            if (!outcome.IsRefused)
            {
                return outcome.Value;
            }
            notes = string.Concat(outcome.Objections.Select(static one => $"{Mark}{one}.\n"));
            if (Console.IsInputRedirected)
            {
                throw Refused(editor, notes);
            }
            text = edited.Text;
        }
    }

    static async Task<T?> EditPartAsync<T>(
        Noun<T> noun,
        IInventory inventory,
        T entry,
        ParseResult parsed,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var part = noun.EditedPart!;
        var before = part.Read(entry);
        using var editor = new TextEditor(part.Option.TrimStart('-'));
        var edited = await editor.EditAsync(before, cancellationToken);
        if (edited.AsSpan().SequenceEqual(before))
        {
            return null;
        }
        return await KeepingAsync(
            editor,
            async () =>
            {
                var taken = part.Check(editor.Path, parsed.InvocationConfiguration.Error);
                return Refusals.Taken(
                    await TakeAsync(noun, inventory, entry, present => part.Write(present, taken), cancellationToken)
                );
            }
        );
    }

    /// <summary>Does something with what was written, which stays where it is if that fails.</summary>
    static async ValueTask<TResult> KeepingAsync<TResult>(TextEditor editor, Func<ValueTask<TResult>> work)
    {
        try
        {
            return await work();
        }
        catch (CommandException e)
        {
            editor.Keep();
            throw new CommandException($"{e.Message} Your text is kept in {editor.Path}.", e.ExitCode);
        }
    }

    static ValueTask<Outcome<T>> TakeAsync<T>(
        Noun<T> noun,
        IInventory inventory,
        T entry,
        Func<T, T> change,
        CancellationToken cancellationToken
    )
        where T : class
    {
        var before = JsonSerializer.Serialize(entry, noun.Shape);
        return noun.Of(inventory)
            .ChangeAsync(
                noun.IdOf(entry),
                present =>
                    JsonSerializer.Serialize(present, noun.Shape) == before
                        ? change(present)
                        : throw new CommandException(
                            $"The {noun.Name} was changed by another meanwhile, and your change was not taken; edit it again."
                        ),
                cancellationToken
            );
    }

    static CommandException Refused(TextEditor editor, string notes)
    {
        editor.Keep();
        var sentences = notes.TrimEnd().Split('\n').Select(static line => line[Mark.Length..]);
        return new(
            $"{string.Join(Environment.NewLine + "stackmeta: ", sentences)} Your text is kept in {editor.Path}."
        );
    }

    /// <summary>Lines with notes become empty ones in what is read, so that objections name the lines of the file.</summary>
    static (string Text, ReadOnlyMemory<byte> Json) WithoutNotes(byte[] bytes)
    {
        var lines = Encoding.UTF8.GetString(bytes).Split('\n');
        var text = string.Join('\n', lines.Where(static line => !IsNote(line)));
        return (text, Encoding.UTF8.GetBytes(string.Join('\n', lines.Select(static line => IsNote(line) ? "" : line))));
    }

    static bool IsNote(string line) => line.StartsWith("//", StringComparison.Ordinal);
}
