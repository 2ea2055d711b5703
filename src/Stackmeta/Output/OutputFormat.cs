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
            Description = "How to print: table or json",
            HelpName = "table|json",
            DefaultValueFactory = _ => OutputFormat.Table,
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
        return option;
    }
}
