using System.CommandLine;

namespace Stackmeta;

/// <summary>The <c>--output</c> option, the same for every command that has it; <c>-f</c> is its name in <c>openstack</c>.</summary>
static class OutputOption
{
    /// <summary>For what is no table alone.</summary>
    public static Option<OutputFormat> Create() => Create(OutputFormat.Table, OutputFormat.Json, OutputFormat.Yaml);

    /// <summary>For rows or fields.</summary>
    public static Option<OutputFormat> CreateForTable() =>
        Create(OutputFormat.Table, OutputFormat.Wide, OutputFormat.Value, OutputFormat.Json, OutputFormat.Yaml);

    /// <param name="formats">The first holds where nothing is said.</param>
    public static Option<OutputFormat> Create(params OutputFormat[] formats)
    {
        var words = formats.ToDictionary(WordOf, StringComparer.Ordinal);
        var list = $"{string.Join(", ", words.Keys.SkipLast(1))} or {words.Keys.Last()}";
        var option = new Option<OutputFormat>("--output", "-o", "-f", "--format")
        {
            Description = $"How to print: {list} (default: {WordOf(formats[0])})",
            HelpName = string.Join('|', words.Keys),
            // Not given is the enumeration's first value, Table; a default of the option would be printed by its name in C#.
            CustomParser = result =>
            {
                if (words.TryGetValue(result.Tokens[0].Value, out var format))
                {
                    return format;
                }
                result.AddError($"--output is '{result.Tokens[0].Value}', and must be {list}.");
                return formats[0];
            },
        };
        option.CompletionSources.Clear();
        option.CompletionSources.Add([.. words.Keys]);
        return option;
    }

    static string WordOf(OutputFormat format) => format.ToString().ToLowerInvariant();
}
