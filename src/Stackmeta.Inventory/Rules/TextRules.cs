using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Stackmeta.Inventory;

/// <summary>
/// The forms of texts. Whatever may end up in a configuration file or a header is one line without control characters
/// (OSSA-2021-005: a newline in an option became an option of its own).
/// </summary>
static class TextRules
{
    static readonly SearchValues<char> ControlCharacters = SearchValues.Create([
        .. Enumerable.Range(0, 0x20).Select(c => (char)c),
        .. Enumerable.Range(0x7f, 0x21).Select(c => (char)c),
        '\u2028',
        '\u2029',
    ]);

    static readonly SearchValues<char> WordCharacters = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
    );

    /// <summary>Ids are uuids in lower case with hyphens; an empty one is drawn.</summary>
    public static string TakeId(this Objections objections, string path, string id)
    {
        if (id.Length == 0)
        {
            return Guid.NewGuid().ToString();
        }
        if (Guid.TryParseExact(id, "D", out var uuid))
        {
            return uuid.ToString();
        }
        objections.Invalid(path, $"{Quote(id)} is not a uuid of the form 8-4-4-4-12");
        return id;
    }

    /// <summary>Whether a text can be an id, in the case in which it is stored.</summary>
    public static bool IsId(string text, [NotNullWhen(true)] out string? id)
    {
        id = Guid.TryParseExact(text, "D", out var uuid) ? uuid.ToString() : null;
        return id is not null;
    }

    /// <summary>A name or another text of one line.</summary>
    public static void CheckLine(
        this Objections objections,
        string path,
        string? text,
        int characters = Limits.TextCharacters
    )
    {
        if (text is null)
        {
            return;
        }
        if (text.Length > characters)
        {
            objections.Invalid(path, $"is {text.Length} characters long; at most {characters} are taken");
        }
        else if (text.AsSpan().IndexOfAny(ControlCharacters) is var at and >= 0)
        {
            objections.Invalid(
                path,
                $"holds the control character U+{(int)text[at]:X4} at position {at}; one line of text is taken"
            );
        }
        CheckUnicode(objections, path, text);
    }

    /// <summary>Text that goes nowhere but into JSON, and may have line breaks.</summary>
    public static void CheckText(this Objections objections, string path, string text, int characters)
    {
        if (text.Length > characters)
        {
            objections.Invalid(path, $"is {text.Length} characters long; at most {characters} are taken");
        }
        else if (text.Contains('\0', StringComparison.Ordinal))
        {
            objections.Invalid(path, "holds the character U+0000, which no store keeps");
        }
        CheckUnicode(objections, path, text);
    }

    /// <summary>A project is told between hops in a header: visible ASCII.</summary>
    public static void CheckProject(this Objections objections, string path, string project)
    {
        if (project.Length > Limits.TextCharacters || project.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            objections.Invalid(
                path,
                $"must be 1 to {Limits.TextCharacters} visible ASCII characters, since it is sent in a header"
            );
        }
    }

    /// <summary>A word that names a choice, such as a VIF type.</summary>
    public static void CheckWord(this Objections objections, string path, string word)
    {
        if (word.Length is 0 or > 64 || word.AsSpan().ContainsAnyExcept(WordCharacters))
        {
            objections.Invalid(path, $"{Quote(word)} must be a word of 1 to 64 letters, digits, '-' and '_'");
        }
    }

    /// <summary>A text in a sentence: shortened, its control characters shown.</summary>
    public static string Quote(string text)
    {
        var shown = text.Length <= 60 ? text : text[..57] + "...";
        return "'" + string.Concat(shown.Select(c => char.IsControl(c) ? $"\\u{(int)c:x4}" : c.ToString())) + "'";
    }

    static void CheckUnicode(Objections objections, string path, string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
                continue;
            }
            objections.Invalid(path, JsonUnicode.HalfPair);
            return;
        }
    }
}
