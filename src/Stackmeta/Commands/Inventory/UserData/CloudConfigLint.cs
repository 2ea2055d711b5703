using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Stackmeta;

/// <summary>Whether a cloud-config is YAML, and a mapping whose keys stand once.</summary>
static class CloudConfigLint
{
    /// <param name="text">All of it.</param>
    public static IEnumerable<string> Check(string text)
    {
        var keys = new Dictionary<string, long>(StringComparer.Ordinal);
        var twice = new List<string>();
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out var _))
            {
                return ["It is a #cloud-config that says nothing."];
            }
            if (!parser.TryConsume<MappingStart>(out var _))
            {
                return parser.Current is Scalar { Value: "" }
                    ? ["It is a #cloud-config that says nothing."]
                    : ["It is a #cloud-config that is no mapping of keys, such as 'packages: [nginx]'."];
            }
            while (!parser.TryConsume<MappingEnd>(out var _))
            {
                if (parser.Current is Scalar key)
                {
                    if (!keys.TryAdd(key.Value, key.Start.Line))
                    {
                        twice.Add(Twice(key, keys[key.Value]));
                    }
                }
                parser.SkipThisAndNestedEvents();
                parser.SkipThisAndNestedEvents();
            }
            // What follows must be YAML too.
            while (parser.MoveNext()) { }
            return twice;
        }
        catch (YamlException e)
        {
            return [NoYaml(text, e.Start.Line, e.Start.Column)];
        }
    }

    static string Twice(Scalar key, long first) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The key '{Table.OneLine(key.Value)}' stands in line {first} and in line {key.Start.Line}: only the last one counts."
        );

    /// <summary>In words of our own: the parser's are about its tokens.</summary>
    static string NoYaml(string text, long line, long column)
    {
        var lines = text.Split('\n');
        var at = (int)Math.Clamp(line, 1, lines.Length) - 1;
        // The parser tells of a tab where it looked for the next token, which may be lines before or one behind.
        var tab = Array.FindIndex(lines, Math.Max(at - 1, 0), static one => one.TrimStart(' ').StartsWith('\t'));
        return tab >= 0
            ? $"It is a #cloud-config that is no YAML: line {tab + 1} is indented with a tab; write spaces."
            : $"It is a #cloud-config that is no YAML from line {at + 1}, column {column} on; cloud-init takes nothing of it.";
    }
}
