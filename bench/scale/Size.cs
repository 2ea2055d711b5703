namespace Stackmeta.Bench.Scale;

/// <summary>How much there is of what.</summary>
/// <param name="Name">What operators call it.</param>
/// <param name="Hosts">Machines that run guests.</param>
/// <param name="Cells">Databases of instances; each is asked for its own alone.</param>
sealed record Size(string Name, int Hosts, int Cells)
{
    public const int GuestsOfAHost = 100;

    /// <summary>Networks that a host's guests are on, each of which it serves.</summary>
    public const int NetworksOfAHost = 50;

    public int Guests => Hosts * GuestsOfAHost;

    public static IReadOnlyList<Size> All { get; } =
    [new("host", 1, 1), new("cell", 1_000, 1), new("region", 100_000, 100)];
}
