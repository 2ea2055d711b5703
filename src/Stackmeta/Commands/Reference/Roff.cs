using System.Globalization;
using System.Text;

namespace Stackmeta;

/// <summary>Writes the man(7) macro language: macros on lines of their own, text that none of it can be mistaken for.</summary>
sealed class Roff
{
    readonly StringBuilder _text = new();

    public Roff Macro(string name, params string[] arguments)
    {
        _text.Append('.').Append(name);
        foreach (var argument in arguments)
        {
            // A quote inside a macro's argument is written twice.
            _text.Append(" \"").Append(Escape(argument).Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }
        _text.Append('\n');
        return this;
    }

    /// <summary>A line of text, filled into its paragraph by the reader's program.</summary>
    public Roff Line(string text)
    {
        if (text.Length > 0)
        {
            _text.Append(Protect(Escape(text))).Append('\n');
        }
        return this;
    }

    /// <summary>A paragraph that begins with a bold word, as options and commands are listed.</summary>
    /// <param name="term">Printed as it is.</param>
    /// <param name="argument">What stands for the value, in italics; empty for none.</param>
    public Roff Term(string term, string argument, string description)
    {
        _text.Append(".TP\n").Append(@"\fB").Append(Escape(term)).Append(@"\fR");
        if (argument.Length > 0)
        {
            _text.Append(@" \fI").Append(Escape(argument)).Append(@"\fR");
        }
        _text.Append('\n');
        return Line(description);
    }

    /// <summary>Lines that keep their breaks, right below a heading.</summary>
    public Roff Verbatim(IEnumerable<string> lines)
    {
        _text.Append(".nf\n.RS 4\n");
        foreach (var line in lines)
        {
            _text.Append(Protect(Escape(line))).Append('\n');
        }
        _text.Append(".RE\n.fi\n");
        return this;
    }

    public override string ToString() => _text.ToString();

    static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\\' => escaped.Append(@"\e"),
                // A plain '-' may be set as a hyphen, which cannot be pasted into a shell.
                '-' => escaped.Append(@"\-"),
                '\'' => escaped.Append(@"\(aq"),
                '`' => escaped.Append(@"\(ga"),
                '^' => escaped.Append(@"\(ha"),
                '~' => escaped.Append(@"\(ti"),
                '\n' => escaped.Append(' '),
                < 0x7f => escaped.Append(rune),
                _ => escaped.Append(CultureInfo.InvariantCulture, $@"\[u{rune.Value:X4}]"),
            };
        }
        return escaped.ToString();
    }

    // A dot at the beginning of a line would be a macro.
    static string Protect(string line) => line.StartsWith('.') ? @"\&" + line : line;
}
