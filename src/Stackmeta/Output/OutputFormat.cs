using System.CommandLine;

namespace Stackmeta;

/// <summary>The forms in which commands print what they found.</summary>
enum OutputFormat
{
    /// <summary>For eyes: columns, no lines around them, as <c>ip</c> and <c>systemctl</c> print.</summary>
    Table,

    /// <summary>For programs: one JSON document.</summary>
    Json,
}

/// <summary>The <c>--output</c> option, the same for every command that has it.</summary>
static class OutputOption
{
    public static Option<OutputFormat> Create()
    {
        var option = new Option<OutputFormat>("--output", "-o")
        {
            Description = "How to print: table (the default) or json",
            HelpName = "table|json",
            // Not given is the enumeration's first value, Table; a default of the option would be printed by its name in C#.
            CustomParser = result =>
            {
                switch (result.Tokens[0].Value)
                {
                    case "table":
                        return OutputFormat.Table;
                    case "json":
                        return OutputFormat.Json;
                    default:
                        result.AddError($"--output is '{result.Tokens[0].Value}', and must be table or json.");
                        return OutputFormat.Table;
                }
            },
        };
        option.CompletionSources.Clear();
        option.CompletionSources.Add("table", "json");
        return option;
    }
}
