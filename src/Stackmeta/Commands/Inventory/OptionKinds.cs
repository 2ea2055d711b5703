using System.CommandLine;
using System.Globalization;

namespace Stackmeta;

/// <summary>Makes the kinds of option that the inventory's commands have.</summary>
static class OptionKinds
{
    public static Option<string?> Text(string name, string description, string help, bool isRequired = false) =>
        new(name)
        {
            Description = description,
            HelpName = help,
            Required = isRequired,
        };

    /// <summary>An option that may be repeated, once for each value.</summary>
    public static Option<string[]> Texts(string name, string description, string help) =>
        new(name)
        {
            Description = $"{description}; may be repeated",
            HelpName = help,
            DefaultValueFactory = _ => [],
        };

    public static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    public static Option<int?> Number(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
                {
                    return number;
                }
                result.AddError($"{name} is '{text}', and must be a whole number.");
                return null;
            },
        };

    /// <summary>Whether an option was written on the command line.</summary>
    public static bool Has(this ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };
}
