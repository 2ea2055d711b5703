using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Stackmeta.Admin;

/// <summary>
/// Metrics as Prometheus reads them: its text format 0.0.4, or OpenMetrics 1.0 where that is asked for. The two differ in how a
/// counter's family is called, in the unit's line, and in the end of the text.
/// </summary>
public sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    public const string OpenMetricsContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    readonly StringBuilder _text = new();
    readonly bool _isOpenMetrics;

    PrometheusText(bool isOpenMetrics) => _isOpenMetrics = isOpenMetrics;

    /// <summary>The page of all metrics.</summary>
    /// <param name="store">What was measured.</param>
    /// <param name="isOpenMetrics">Whether OpenMetrics is written.</param>
    public static string Render(MetricStore store, bool isOpenMetrics)
    {
        var page = new PrometheusText(isOpenMetrics);
        store.Collect(page.Write);
        if (isOpenMetrics)
        {
            page._text.Append("# EOF\n");
        }
        return page._text.ToString();
    }

    /// <summary>The name of a metric in queries, for example <c>stackmeta_hop_duration_seconds</c>.</summary>
    public static string NameOf(MetricFamily family)
    {
        var name = FamilyNameOf(family);
        return family.Kind == MetricKind.Counter ? name + "_total" : name;
    }

    static string FamilyNameOf(MetricFamily family)
    {
        var name = family.Name.Replace('.', '_').Replace('-', '_');
        return UnitOf(family) is { Length: > 0 } unit ? $"{name}_{unit}" : name;
    }

    /// <summary>Prometheus spells units out, and names none for things that are counted.</summary>
    static string UnitOf(MetricFamily family) =>
        family.Unit switch
        {
            "s" => "seconds",
            "By" => "bytes",
            _ => "",
        };

    void Write(MetricFamily family)
    {
        var name = FamilyNameOf(family);
        var sample = NameOf(family);
        var heading = _isOpenMetrics ? name : sample;
        _text.Append($"# HELP {heading} {EscapedHelp(family.Description)}\n");
        _text.Append($"# TYPE {heading} {KindOf(family.Kind)}\n");
        if (_isOpenMetrics && UnitOf(family) is { Length: > 0 } unit)
        {
            _text.Append($"# UNIT {heading} {unit}\n");
        }
        family.Read(
            (values, series) =>
            {
                var labels = Labels(family.Labels, values);
                if (family.Kind == MetricKind.Histogram)
                {
                    WriteHistogram(name, labels, family.Bounds, series);
                }
                else
                {
                    Line(sample, labels, Number(series.Value));
                }
            }
        );
    }

    void WriteHistogram(string name, string labels, ImmutableArray<double> bounds, MetricSeries series)
    {
        var sum = 0L;
        for (var i = 0; i <= bounds.Length; i++)
        {
            sum += series.Buckets[i];
            var bound = i < bounds.Length ? Bound(bounds[i]) : "+Inf";
            var comma = labels.Length > 0 ? "," : "";
            Line($"{name}_bucket", $"{labels}{comma}le=\"{bound}\"", sum.ToString(CultureInfo.InvariantCulture));
        }
        Line($"{name}_sum", labels, Number(series.Value));
        Line($"{name}_count", labels, series.Count.ToString(CultureInfo.InvariantCulture));
    }

    void Line(string name, string labels, string value)
    {
        _text.Append(name);
        if (labels.Length > 0)
        {
            _text.Append('{').Append(labels).Append('}');
        }
        _text.Append(' ').Append(value).Append('\n');
    }

    static string Labels(ImmutableArray<string> names, ImmutableArray<string> values) =>
        string.Join(',', names.Zip(values, static (name, value) => $"{name.Replace('.', '_')}=\"{Escaped(value)}\""));

    static string KindOf(MetricKind kind) =>
        kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Histogram => "histogram",
            _ => "gauge",
        };

    static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>OpenMetrics wants bounds to look like floats.</summary>
    static string Bound(double bound)
    {
        var text = Number(bound);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }

    static string Escaped(string text) => EscapedHelp(text).Replace("\"", "\\\"");

    static string EscapedHelp(string text) => text.Replace("\\", @"\\").Replace("\n", "\\n");
}
