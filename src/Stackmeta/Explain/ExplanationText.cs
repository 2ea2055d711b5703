namespace Stackmeta;

/// <summary>An explanation for eyes: never more than 24 lines of 80 columns, the screen that every terminal has.</summary>
static class ExplanationText
{
    public const int Columns = 80;
    public const int Lines = 24;

    /// <summary>As wide as the longest name of a link.</summary>
    const int NameWidth = 11;

    public static void Write(TextWriter output, Explanation explanation)
    {
        output.WriteLine(Cut(explanation.Subject));
        output.WriteLine();
        foreach (var link in explanation.Links)
        {
            var state = link.State switch
            {
                LinkState.Fine => "fine  ",
                LinkState.Broken => "BROKEN",
                _ => "-     ",
            };
            output.WriteLine(Cut($"  {state}  {NameOf(link.Link).PadRight(NameWidth)}{link.Detail}"));
        }
        output.WriteLine();
        if (explanation.LastRefusal is { } refused)
        {
            output.WriteLine(Cut(refused));
        }
        foreach (var process in explanation.Dead)
        {
            output.WriteLine(Cut($"'{process.Name}' is dead; start it again. It left {process.Socket}"));
        }
        foreach (var line in Conclusion(explanation))
        {
            output.WriteLine(line);
        }
    }

    /// <summary>The name of a link: <c>look-up</c>.</summary>
    public static string NameOf(PathLink link) =>
        link switch
        {
            PathLink.LookUp => "look-up",
            PathLink.Attachment => "bridge",
            _ => link.ToString().ToLowerInvariant(),
        };

    static List<string> Conclusion(Explanation explanation)
    {
        if (explanation.Culprit is { Finding: { } finding })
        {
            var description = FindingDescription.Of(finding);
            return [.. Wrap(description.Meaning), .. Wrap("Next: " + description.Next)];
        }
        return explanation.IsWhole
            ? ["Every link is fine: this guest is answered."]
            : Wrap("Nothing is broken that could be seen; what has a dash could not be looked at.");
    }

    static List<string> Wrap(string sentence)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var word in sentence.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > Columns)
            {
                lines.Add(line);
                line = "";
            }
            line = line.Length == 0 ? word : $"{line} {word}";
        }
        lines.Add(line);
        return lines;
    }

    /// <summary>Cut to the screen, and names from the inventory cannot move the reader's cursor.</summary>
    static string Cut(string text)
    {
        var line = Table.OneLine(text).TrimEnd();
        return line.Length <= Columns ? line : line[..(Columns - 1)] + "…";
    }
}
