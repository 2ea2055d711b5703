using System.Globalization;

namespace Stackmeta.Bench.Load;

/// <summary>What several runs gave: the middle, the least and the most.</summary>
public readonly record struct Spread(double Median, double Least, double Most)
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        return sorted.Length == 0
            ? new(double.NaN, double.NaN, double.NaN)
            : new(sorted[sorted.Length / 2], sorted[0], sorted[^1]);
    }

    /// <summary>For example <c>11.3 (10.9–12.0)</c>.</summary>
    public override string ToString() =>
        double.IsNaN(Median) ? "–"
        : Text(Least) == Text(Most) ? Text(Median)
        : $"{Text(Median)} ({Text(Least)}–{Text(Most)})";

    /// <summary>Three digits that count, and thousands apart.</summary>
    public static string Text(double value) =>
        double.IsNaN(value)
            ? "–"
            : value.ToString(
                Math.Abs(value) switch
                {
                    >= 100 => "#,0",
                    >= 10 => "0.0",
                    >= 1 => "0.00",
                    _ => "0.000",
                },
                CultureInfo.InvariantCulture
            );
}
