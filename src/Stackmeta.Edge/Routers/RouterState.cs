using Stackmeta.Core.Lookups;

namespace Stackmeta.Edge;

/// <summary>What the machine has of a router now.</summary>
/// <param name="Loopback">Of its namespace; null when there is none.</param>
/// <param name="Inside">The other interfaces in the namespace.</param>
/// <param name="Outside">The interfaces of this host, by name.</param>
sealed record RouterState(
    LinkInfo? Loopback,
    IReadOnlyList<LinkInfo> Inside,
    IReadOnlyDictionary<string, LinkInfo> Outside
)
{
    public static async Task<RouterState> ReadAsync(string @namespace, CancellationToken cancellationToken)
    {
        var outside = await ShowAsync(null, cancellationToken);
        var inside = FileLookup.Exists(NetworkNamespace.PathOf(@namespace))
            ? await ShowAsync(@namespace, cancellationToken)
            : [];
        return new(
            inside.Find(link => link.Name == "lo"),
            inside.FindAll(link => link.Name != "lo"),
            outside.ToDictionary(link => link.Name)
        );
    }

    static async Task<List<LinkInfo>> ShowAsync(string? @namespace, CancellationToken cancellationToken) =>
        LinkInfo.Parse(await Command.Ip(@namespace, "-details", "-json", "addr", "show").RunAsync(cancellationToken));
}
