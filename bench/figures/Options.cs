using System.Globalization;

namespace Stackmeta.Bench.Figures;

/// <summary>How a bench is run: <c>--name value</c>, each with a default.</summary>
sealed class Options
{
    readonly Dictionary<string, string> _given = new(StringComparer.Ordinal);

    public Options(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == "--smoke")
            {
                IsSmoke = true;
            }
            else if (arguments[i] is "--set" && i + 1 < arguments.Count)
            {
                Settings.Add(arguments[++i]);
            }
            else if (arguments[i].StartsWith("--", StringComparison.Ordinal) && i + 1 < arguments.Count)
            {
                _given[arguments[i][2..]] = arguments[++i];
            }
            else
            {
                throw new ArgumentException($"'{arguments[i]}' is not understood.");
            }
        }
    }

    /// <summary>As little as shows that the bench works.</summary>
    public bool IsSmoke { get; }

    /// <summary>Settings for the programs of ours.</summary>
    public List<string> Settings { get; } = [];

    public int Rounds => Number("rounds", IsSmoke ? 1 : 5);

    public TimeSpan Length => TimeSpan.FromSeconds(Number("seconds", IsSmoke ? 1 : 4));

    /// <summary>Only contenders with this in their name; for profiling.</summary>
    public string Only => _given.GetValueOrDefault("only", "");

    public int Networks => Number("networks", 1);

    public int Guests => Number("guests", 1);

    /// <summary>A file that tells of a running OpenStack (<see cref="RealCloud"/>); null for none.</summary>
    public string? Cloud => _given.GetValueOrDefault("cloud");

    /// <exception cref="ArgumentException">It is not given.</exception>
    public string Text(string name) =>
        _given.GetValueOrDefault(name) ?? throw new ArgumentException($"--{name} is not given.");

    public int Number(string name, int otherwise) =>
        _given.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
