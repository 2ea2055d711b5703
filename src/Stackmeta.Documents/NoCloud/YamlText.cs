using System.Globalization;
using System.Text;

namespace Stackmeta.Documents;

/// <summary>Writes the small part of YAML that a seed needs: mappings and lists in block style, every text in double quotes.</summary>
sealed class YamlText
{
    readonly StringBuilder _text = new();

    /// <summary><c>key:</c>, whose value follows on the next lines.</summary>
    public void Key(int depth, string key) => Indent(depth).Append(key).Append(":\n");

    public void Pair(int depth, string key, string value)
    {
        Indent(depth).Append(key).Append(": ");
        Quote(value);
        _text.Append('\n');
    }

    public void Pair(int depth, string key, int value) =>
        Indent(depth).Append(key).Append(": ").Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');

    public void Pair(int depth, string key, bool value) =>
        Indent(depth).Append(key).Append(value ? ": true\n" : ": false\n");

    /// <summary>An item of a list of texts.</summary>
    public void Item(int depth, string value)
    {
        Indent(depth).Append("- ");
        Quote(value);
        _text.Append('\n');
    }

    /// <summary>An item that is a mapping of two texts.</summary>
    public void Item(int depth, (string Key, string Value) first, (string Key, string Value) second)
    {
        Indent(depth).Append("- ").Append(first.Key).Append(": ");
        Quote(first.Value);
        _text.Append('\n');
        Pair(depth + 1, second.Key, second.Value);
    }

    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(_text.ToString());

    StringBuilder Indent(int depth) => _text.Append(' ', depth * 2);

    // YAML 1.1 §5.6: in double quotes everything printable stands for itself; line and page separators count as breaks.
    void Quote(string value)
    {
        _text.Append('"');
        foreach (var rune in value.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => _text.Append("\\\""),
                '\\' => _text.Append(@"\\"),
                < 0x20 or (>= 0x7f and <= 0x9f) or 0x2028 or 0x2029 or 0xfeff or 0xfffe or 0xffff => _text.Append(
                    CultureInfo.InvariantCulture,
                    $"\\u{rune.Value:x4}"
                ),
                _ => _text.Append(rune),
            };
        }
        _text.Append('"');
    }
}
