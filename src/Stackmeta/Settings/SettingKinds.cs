using System.Globalization;
using System.Net;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>The kinds of value that settings have.</summary>
static class SettingKinds
{
    public static SettingKind<string> Text { get; } =
        new(
            "text without line breaks",
            (string text, out string value) =>
            {
                value = text;
                return !text.AsSpan().ContainsAny('\n', '\r', '\0');
            }
        );

    /// <summary>What names end with; empty for nothing.</summary>
    public static SettingKind<string> Domain { get; } =
        new(
            "a domain such as openstacklocal, or nothing",
            (string text, out string value) =>
            {
                value = text;
                return text.Length == 0 || HostNames.IsValidDomain(text);
            }
        );

    public static SettingKind<string> Path { get; } =
        new(
            "a path",
            (string text, out string value) =>
            {
                value = text;
                return !text.AsSpan().ContainsAny('\n', '\r', '\0');
            }
        );

    public static SettingKind<string> InventoryUrl { get; } =
        new(
            "a URL such as postgresql://stackmeta@db.example/stackmeta, or nothing",
            (string text, out string value) =>
            {
                value = text;
                return text.Length == 0 || PostgresUrl.IsOne(text);
            }
        )
        {
            Shown = text =>
                PostgresUrl.IsOne(text) ? PostgresUrl.Mask(text)
                : text.Length == 0 ? ""
                : "***",
        };

    public static SettingKind<bool> Switch { get; } =
        new(
            "true or false",
            (string text, out bool value) =>
            {
                value = text is "true";
                return text is "true" or "false";
            }
        );

    public static SettingKind<Guid> Uuid { get; } =
        new("a uuid", (string text, out Guid value) => Guid.TryParseExact(text, "D", out value));

    public static SettingKind<IPEndPoint> Endpoint { get; } =
        new(
            "an address and a port such as 127.0.0.1:8775 or [::1]:8775",
            (string text, out IPEndPoint value) =>
            {
                // IPEndPoint.TryParse takes a lone number for an address and a missing port for 0.
                value = null!;
                return text.LastIndexOf(':') > text.LastIndexOf(']')
                    && (text.Contains('.') || text.StartsWith('['))
                    && IPEndPoint.TryParse(text, out value!);
            }
        );

    public static SettingKind<Uri> HttpAddress { get; } =
        new(
            "an address such as http://127.0.0.1:8775",
            (string text, out Uri value) =>
                Uri.TryCreate(text, UriKind.Absolute, out value!)
                && (value.Scheme == Uri.UriSchemeHttp || value.Scheme == Uri.UriSchemeHttps)
                && value.PathAndQuery == "/"
        );

    /// <summary>
    /// Where a collector is, to which each signal's own path is appended (OpenTelemetry's specification, OTEL_EXPORTER_OTLP_ENDPOINT).
    /// </summary>
    public static SettingKind<Uri> CollectorAddress { get; } =
        new(
            "an address such as http://127.0.0.1:4318",
            (string text, out Uri value) =>
                Uri.TryCreate(text, UriKind.Absolute, out value!)
                && (value.Scheme == Uri.UriSchemeHttp || value.Scheme == Uri.UriSchemeHttps)
                // A password has no place in an address that is logged: OTEL_EXPORTER_OTLP_HEADERS has one for it.
                && value.UserInfo.Length == 0
                && value.Query.Length == 0
                && value.Fragment.Length == 0
        );

    /// <summary>An address, or null for a word that stands for none.</summary>
    public static SettingKind<Uri?> Or(this SettingKind<Uri> address, string word) =>
        new(
            $"{address.Description}, or {word}",
            (string text, out Uri? value) =>
            {
                value = null;
                return text == word || address.TryParse(text, out value!);
            }
        );

    public static SettingKind<TimeSpan> Seconds(int from, int to) =>
        new(
            $"a number of seconds from {from} to {to}",
            (string text, out TimeSpan value) =>
            {
                var right =
                    double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
                    && seconds >= from
                    && seconds <= to;
                value = right ? TimeSpan.FromSeconds(seconds) : default;
                return right;
            }
        );

    public static SettingKind<long> Number(long from, long to) =>
        new(
            $"a whole number from {from} to {to}",
            (string text, out long value) =>
                long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)
                && value >= from
                && value <= to
        );

    /// <summary>One of some words.</summary>
    public static SettingKind<T> Choice<T>(params (string Word, T Value)[] choices) =>
        new(
            "one of " + string.Join(", ", choices.Select(choice => choice.Word)),
            (string text, out T value) =>
            {
                var found = Array.FindIndex(choices, choice => choice.Word == text);
                value = found < 0 ? default! : choices[found].Value;
                return found >= 0;
            }
        );

    /// <summary>Values of another kind, separated by commas (an array in the file).</summary>
    public static SettingKind<IReadOnlyList<T>> List<T>(SettingKind<T> each) =>
        new(
            $"a list, each entry {each.Description}",
            (string text, out IReadOnlyList<T> value) =>
            {
                var values = new List<T>();
                value = values;
                foreach (
                    var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                )
                {
                    if (!each.TryParse(part, out var one))
                    {
                        return false;
                    }
                    values.Add(one);
                }
                return true;
            }
        );
}
