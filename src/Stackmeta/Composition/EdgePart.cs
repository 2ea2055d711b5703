using System.Collections.Immutable;
using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>
/// What one network of the inventory asks of the edge. A record of it that cannot be understood concerns this network alone.
/// </summary>
/// <param name="Id">Null when it is no uuid.</param>
/// <param name="Network">Null when nothing of it is provided, or cannot be told (<see cref="Unknown"/>).</param>
/// <param name="Interfaces">Those of routers on it.</param>
sealed record EdgePart(Guid? Id, EdgeNetwork? Network, ImmutableArray<(Guid Router, EdgeRouterPort Port)> Interfaces)
{
    /// <summary>Why it cannot be told what of the network is to be provided; null when it can.</summary>
    public string? Unknown { get; init; }

    /// <summary>Routers whose interface on the network cannot be understood.</summary>
    public ImmutableArray<Guid> LostInterfaces { get; init; } = [];

    /// <summary>What is left out or kept as it is, for the log.</summary>
    public ImmutableArray<string> Faults { get; init; } = [];

    /// <summary>The same with what it was before in place of what cannot be told now: that stays as it is.</summary>
    public EdgePart Or(EdgePart? before) =>
        before is null ? this
        : Unknown is not null ? this with { Interfaces = before.Interfaces }
        : this with
        {
            Interfaces =
            [
                .. Interfaces,
                .. before.Interfaces.Where(one =>
                    LostInterfaces.Contains(one.Router) && !Interfaces.Any(other => other.Router == one.Router)
                ),
            ],
        };

    /// <summary>All parts together.</summary>
    public static EdgeWanted Combine(IReadOnlyCollection<EdgePart> parts)
    {
        return new()
        {
            Networks = [.. parts.Select(static part => part.Network).OfType<EdgeNetwork>()],
            UnknownNetworks = parts
                .Where(static part => part is { Id: not null, Unknown: not null })
                .ToDictionary(static part => part.Id!.Value, static part => part.Unknown!),
            Routers =
            [
                .. from part in parts
                from one in part.Interfaces
                group one.Port by one.Router into interfaces
                select new EdgeRouter(interfaces.Key, [.. interfaces]),
            ],
        };
    }
}
