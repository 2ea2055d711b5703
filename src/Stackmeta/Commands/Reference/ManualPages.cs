using System.CommandLine;

namespace Stackmeta;

/// <summary>One page of the manual.</summary>
/// <param name="FileName">As it is called below <c>man1</c> or <c>man5</c>, for example <c>stackmeta-network.1</c>.</param>
/// <param name="Section">1 for commands, 5 for files.</param>
/// <param name="Text">In the man(7) macro language.</param>
sealed record ManualPage(string FileName, int Section, string Text);

/// <summary>
/// The manual, generated from the commands and the settings: a page for the program, one for each word after it, one for the settings file.
/// </summary>
static class ManualPages
{
    public static IEnumerable<ManualPage> Of(RootCommand root)
    {
        yield return Program(root);
        foreach (var command in Visible(root))
        {
            yield return OfCommand(root, command);
        }
        yield return Settings();
    }

    static ManualPage Program(RootCommand root)
    {
        var page = Begin("stackmeta", 1, "stackmeta - " + FirstLower(root.Description));
        page.Macro("SH", "SYNOPSIS");
        page.Line("stackmeta COMMAND [VERB] [OPTIONS]");
        page.Macro("SH", "COMMANDS");
        foreach (var command in Visible(root))
        {
            page.Term($"stackmeta-{command.Name}(1)", "", command.Description ?? "");
        }
        page.Macro("SH", "OPTIONS OF EVERY COMMAND");
        Options(page, root.Options);
        page.Macro("SH", "EXIT STATUS");
        page.Term("0", "", "Done.");
        page.Term(
            "1",
            "",
            "It could not be done: refused, not found, or something that it needs is down; one sentence on stderr says what."
        );
        page.Term("2", "", "The command line or a setting is wrong; nothing was tried.");
        page.Macro("SH", "FILES");
        page.Term(SettingsReader.UsualFile, "", "The settings: stackmeta.json(5).");
        page.Term("/var/lib/stackmeta", "", "The data folder of root: inventory, shared secret, sockets.");
        SeeAlso(page, "stackmeta.json(5)");
        return new ManualPage("stackmeta.1", 1, page.ToString());
    }

    static ManualPage OfCommand(RootCommand root, Command command)
    {
        var name = $"stackmeta-{command.Name}";
        var page = Begin(name, 1, $"{name} - {FirstLower(command.Description)}");
        var verbs = Visible(command).ToList();
        page.Macro("SH", "SYNOPSIS");
        page.Verbatim((verbs.Count > 0 ? verbs : [command]).Select(Usage));
        if (verbs.Count == 0)
        {
            Arguments(page, command);
            if (Shown(command.Options).Any())
            {
                page.Macro("SH", "OPTIONS");
                Options(page, command.Options);
            }
        }
        else
        {
            page.Macro("SH", "COMMANDS");
            foreach (var verb in verbs)
            {
                page.Macro("SS", $"{command.Name} {verb.Name}");
                page.Line(verb.Description ?? "");
                Arguments(page, verb);
                Options(page, verb.Options);
            }
        }
        page.Macro("SH", "OPTIONS OF EVERY COMMAND");
        Options(page, root.Options);
        var examples = verbs.Prepend(command).OfType<ExampleCommand>().SelectMany(one => one.Examples).ToList();
        if (examples.Count > 0)
        {
            page.Macro("SH", "EXAMPLES");
            page.Verbatim(examples);
        }
        SeeAlso(page, "stackmeta(1)", "stackmeta.json(5)");
        return new ManualPage($"{name}.1", 1, page.ToString());
    }

    static ManualPage Settings()
    {
        var page = Begin("stackmeta.json", 5, "stackmeta.json - settings of stackmeta(1)");
        page.Macro("SH", "DESCRIPTION");
        page.Line(
            $"JSON with comments: the file that --config names, else $STACKMETA_CONFIG, else {SettingsReader.UsualFile} where it exists."
        );
        page.Line("A dot in a name is a section of the file: api.listen is { \"api\": { \"listen\": ... } }.");
        page.Line("The environment beats the file, --set NAME=VALUE beats both.");
        page.Line("An unknown name or a senseless value stops the start and is named with its place.");
        page.Macro("SH", "SETTINGS");
        foreach (var setting in KnownSettings.All)
        {
            page.Term(setting.Name, $"{setting.Kind}", setting.Description);
            page.Line(setting.DefaultText.Length > 0 ? $"Default: {setting.DefaultText}." : "");
            page.Line($"Environment: {setting.EnvironmentName}.");
        }
        SeeAlso(page, "stackmeta(1)", "stackmeta-settings(1)");
        return new ManualPage("stackmeta.json.5", 5, page.ToString());
    }

    static Roff Begin(string title, int section, string name)
    {
        var page = new Roff();
        page.Macro("TH", title.ToUpperInvariant(), $"{section}", "", "Stackmeta", "Stackmeta");
        page.Macro("SH", "NAME");
        return page.Line(name.TrimEnd('.'));
    }

    static void SeeAlso(Roff page, params string[] pages)
    {
        page.Macro("SH", "SEE ALSO");
        page.Line(string.Join(", ", pages));
    }

    static void Arguments(Roff page, Command command)
    {
        foreach (var argument in command.Arguments.Where(one => !one.Hidden))
        {
            page.Term(argument.HelpName ?? argument.Name, "", argument.Description ?? "");
        }
    }

    static void Options(Roff page, IEnumerable<Option> options)
    {
        foreach (var option in Shown(options))
        {
            var names = option.Aliases.Where(alias => alias.StartsWith('-') && alias != "-?").Prepend(option.Name);
            page.Term(string.Join(", ", names), option.HelpName ?? "", option.Description ?? "");
        }
    }

    static string Usage(Command command)
    {
        var words = new List<string>();
        for (var part = command; part is not RootCommand; part = part.Parents.OfType<Command>().Single())
        {
            words.Insert(0, part.Name);
        }
        words.Insert(0, "stackmeta");
        foreach (var argument in command.Arguments.Where(one => !one.Hidden))
        {
            var name = argument.HelpName ?? argument.Name;
            var repeated = argument.Arity.MaximumNumberOfValues > 1 ? $"{name}..." : name;
            words.Add(argument.Arity.MinimumNumberOfValues == 0 ? $"[{repeated}]" : repeated);
        }
        words.AddRange(Shown(command.Options).Where(option => option.Required).Select(Named));
        if (Shown(command.Options).Any(option => !option.Required))
        {
            words.Add("[OPTIONS]");
        }
        return string.Join(' ', words);

        static string Named(Option option) => option.HelpName is { } value ? $"{option.Name} {value}" : option.Name;
    }

    static IEnumerable<Command> Visible(Command command) => command.Subcommands.Where(one => !one.Hidden);

    static IEnumerable<Option> Shown(IEnumerable<Option> options) => options.Where(option => !option.Hidden);

    static string FirstLower(string? sentence) =>
        string.IsNullOrEmpty(sentence) ? "" : char.ToLowerInvariant(sentence[0]) + sentence[1..];
}
