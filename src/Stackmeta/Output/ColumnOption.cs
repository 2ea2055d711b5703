using System.CommandLine;
using System.CommandLine.Completions;

namespace Stackmeta;

/// <summary><c>--column</c>: which columns or fields are printed, in the order in which they are named.</summary>
/// <param name="known">Their names; null where only what is printed tells them.</param>
sealed class ColumnOption(IReadOnlyList<string>? known)
{
    readonly Option<string[]> _columns = new("--column", "-c")
    {
        Description = known is null
            ? "Print this field only; may be repeated"
            : $"Print this column only ({string.Join(", ", known.Select(WordOf))}); may be repeated",
        HelpName = "COLUMN",
        DefaultValueFactory = _ => [],
        CompletionSources = { _ => (known ?? []).Select(static column => new CompletionItem(WordOf(column))) },
    };

    /// <summary>As one would write it: a head may have spaces.</summary>
    public static string WordOf(string column) => column.Replace(' ', '-');

    public void AddTo(Command command)
    {
        command.Options.Add(_columns);
        if (known is not null)
        {
            command.Validators.Add(result =>
            {
                foreach (var name in result.GetValue(_columns) ?? [])
                {
                    if (Find(name) < 0)
                    {
                        result.AddError(Unknown("--column", name));
                    }
                }
            });
        }
    }

    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_columns) is { Length: > 0 };

    /// <summary>The places of the named columns; of all where none is named.</summary>
    public IReadOnlyList<int> Read(ParseResult parsed) =>
        IsGiven(parsed) ? [.. parsed.GetValue(_columns)!.Select(Find)] : [.. Enumerable.Range(0, known!.Count)];

    /// <summary>The named fields, of which there may be several of one name; all where none is named.</summary>
    /// <exception cref="CommandException">There is none of a name.</exception>
    public IReadOnlyList<(string Name, string? Value)> Choose(
        ParseResult parsed,
        IReadOnlyList<(string Name, string? Value)> fields
    ) =>
        IsGiven(parsed)
            ?
            [
                .. NamesOf(parsed, [.. fields.Select(static field => field.Name)])
                    .SelectMany(name => fields.Where(field => field.Name == name)),
            ]
            : fields;

    /// <summary>The names of what is printed that the command line names.</summary>
    /// <exception cref="CommandException">There is none of a name.</exception>
    public IEnumerable<string> NamesOf(ParseResult parsed, IReadOnlyList<string> names) =>
        parsed
            .GetValue(_columns)!
            .Select(wanted =>
                names.FirstOrDefault(name => IsSame(name, wanted))
                ?? throw new CommandException(Unknown("--column", wanted, names), ExitCodes.Usage)
            );

    /// <summary>The place of a column; negative where there is none.</summary>
    public int Find(string name)
    {
        for (var i = 0; i < known!.Count; i++)
        {
            if (IsSame(known[i], name))
            {
                return i;
            }
        }
        return -1;
    }

    public string Unknown(string option, string name) => Unknown(option, name, known!);

    static string Unknown(string option, string name, IReadOnlyList<string> names) =>
        $"{option} is '{name}', and must be one of {string.Join(", ", names.Distinct().Select(WordOf))}.";

    /// <summary>MAC Address, mac_address and mac-address are the same.</summary>
    static bool IsSame(string name, string wanted) =>
        string.Equals(Plain(name), Plain(wanted), StringComparison.OrdinalIgnoreCase);

    static string Plain(string name) => name.Replace(' ', '_').Replace('-', '_');
}
