namespace Stackmeta.OpenStack;

/// <summary>
/// Reads the text of one file by oslo.config's rules: <c>[section]</c>, <c>name = value</c> or <c>name: value</c>, lines that begin
/// with a blank continue the value above, an empty line ends it, <c>#</c> and <c>;</c> begin a comment in the first column only.
/// </summary>
static class ConfigurationParser
{
    /// <summary>The assignments in the order of the file.</summary>
    /// <exception cref="ConfigurationException">A line means nothing; oslo.config refuses such a file too.</exception>
    public static List<ConfigurationEntry> Parse(string file, string text)
    {
        var entries = new List<ConfigurationEntry>();
        string? group = null;
        // Whether the last line with content was an assignment, which a line that begins with a blank continues.
        var open = false;
        var number = 0;
        foreach (var raw in text.TrimStart('\ufeff').Split('\n'))
        {
            number++;
            var line = raw.AsSpan().TrimEnd();
            var place = new ConfigurationPlace(file, number);
            if (line.Contains('\0'))
            {
                throw Unreadable(place, "the line holds a zero byte");
            }
            if (line.IsEmpty)
            {
                open = false;
            }
            else if (line[0] is ' ' or '\t')
            {
                if (!open)
                {
                    throw Unreadable(place, "the line begins with a blank but continues nothing");
                }
                entries[^1] = entries[^1] with { Value = $"{entries[^1].Value}\n{line.TrimStart()}" };
            }
            else if (line[0] == '[')
            {
                open = false;
                group = Section(line, place);
            }
            else if (line[0] is '#' or ';')
            {
                open = false;
            }
            else
            {
                open = true;
                entries.Add(Assignment(line, group, place));
            }
        }
        return entries;
    }

    /// <summary>The form in which names of sections are compared: <c>DEFAULT</c> is itself, every other in lower case.</summary>
    public static string NormalizeGroup(string group) =>
        string.Equals(group, "DEFAULT", StringComparison.Ordinal) ? group : group.ToLowerInvariant();

    static string Section(ReadOnlySpan<char> line, ConfigurationPlace place)
    {
        if (line[^1] != ']')
        {
            throw Unreadable(place, "the section's name has no closing bracket");
        }
        return line.Length > 2
            ? NormalizeGroup(line[1..^1].ToString())
            : throw Unreadable(place, "the section has no name");
    }

    static ConfigurationEntry Assignment(ReadOnlySpan<char> line, string? group, ConfigurationPlace place)
    {
        var separator = line.IndexOfAny('=', ':');
        if (separator < 0)
        {
            throw Unreadable(place, "the line is no assignment: it has neither '=' nor ':'");
        }
        var name = line[..separator].Trim();
        if (name.IsEmpty)
        {
            throw Unreadable(place, "the assignment has no name");
        }
        if (group is null)
        {
            throw Unreadable(place, "the assignment stands before any [section]");
        }
        var value = line[(separator + 1)..].Trim();
        if (!value.IsEmpty && value[0] is ('"' or '\'') && value[0] == value[^1])
        {
            value = value.Length > 1 ? value[1..^1] : [];
        }
        return new(group, name.ToString().Replace('-', '_'), value.ToString(), place);
    }

    // The line itself is left out of the message: it may hold a secret.
    static ConfigurationException Unreadable(ConfigurationPlace place, string reason) => new($"{place}: {reason}");
}
