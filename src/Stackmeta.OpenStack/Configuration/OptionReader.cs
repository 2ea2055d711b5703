using System.Collections.Immutable;
using System.Globalization;

namespace Stackmeta.OpenStack;

/// <summary>Reads typed values of known options; collects what is wrong with them instead of stopping at the first.</summary>
sealed class OptionReader(OsloConfiguration files, ImmutableArray<OptionDefinition> table)
{
    readonly OptionSubstitution _substitution = new(files, table);
    readonly List<string> _problems = [];

    /// <summary>What is wrong with the values read so far. No secret is quoted.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Whether a file or the environment sets the option.</summary>
    public bool IsSet(OptionDefinition option) => !files.Find(option).IsEmpty;

    public string? Text(OptionDefinition option)
    {
        var text = Raw(option, out var place);
        if (text is not null && !option.Choices.IsEmpty && !option.Choices.Contains(text))
        {
            Complain(option, place, $"is none of {string.Join(", ", option.Choices)}");
            return option.Default;
        }
        return text;
    }

    public bool Boolean(OptionDefinition option)
    {
        var text = Raw(option, out var place);
        switch (text?.Trim().ToLowerInvariant())
        {
            case "true" or "1" or "on" or "yes":
                return true;
            case null or "false" or "0" or "off" or "no":
                return false;
            default:
                Complain(option, place, "is neither true nor false");
                return false;
        }
    }

    /// <summary>Null when the option is set to nothing, which oslo.config allows for numbers.</summary>
    public int? Integer(OptionDefinition option)
    {
        var text = Raw(option, out var place)?.Trim();
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            Complain(option, place, "is not a whole number");
        }
        else if (number < option.Minimum || number > Math.Min(option.Maximum, int.MaxValue))
        {
            Complain(option, place, $"is not between {option.Minimum} and {Math.Min(option.Maximum, int.MaxValue)}");
        }
        else
        {
            return (int)number;
        }
        return option.Default is { } fallback ? int.Parse(fallback, CultureInfo.InvariantCulture) : null;
    }

    public ImmutableArray<string> List(OptionDefinition option)
    {
        var text = Raw(option, out var place);
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }
        var items = text.Split(',').Select(item => item.Trim()).ToImmutableArray();
        if (!option.Choices.IsEmpty && items.Except(option.Choices).FirstOrDefault() is not null)
        {
            Complain(option, place, $"has an item that is none of {string.Join(", ", option.Choices)}");
        }
        return items;
    }

    /// <summary>Notes a problem that only the meaning of a value shows.</summary>
    public void Complain(OptionDefinition option, string problem)
    {
        Raw(option, out var place);
        Complain(option, place, problem);
    }

    string? Raw(OptionDefinition option, out ConfigurationPlace place)
    {
        if (files.Find(option) is [.., var entry])
        {
            place = entry.Place;
            return _substitution.Apply(entry.Value, option.Group);
        }
        place = default;
        return option.Default is null ? null : _substitution.Apply(option.Default, option.Group);
    }

    void Complain(OptionDefinition option, ConfigurationPlace place, string problem)
    {
        var value = option.IsSecret ? "the value" : $"'{Raw(option, out _)}'";
        // An option that no file sets stands nowhere.
        var where = place == default ? "" : $"{place}: ";
        var text = $"{where}[{option.Group}] {option.Name}: {value} {problem}";
        // An option may be read twice, for two purposes.
        if (!_problems.Contains(text))
        {
            _problems.Add(text);
        }
    }
}
