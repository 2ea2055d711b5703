using System.Collections.Immutable;

namespace Stackmeta.WebConsole;

/// <summary>A guest that the inventory has.</summary>
/// <param name="Port">The id of its port.</param>
/// <param name="Network">The id of its network.</param>
/// <param name="Addresses">In the port's order.</param>
/// <param name="Instance">The instance's id.</param>
/// <param name="Name">The instance's name; empty when it has none or is not there.</param>
/// <param name="Mac">Of the port.</param>
sealed record KnownGuest(
    string Port,
    string Network,
    ImmutableArray<string> Addresses,
    string Instance,
    string Name,
    string Mac
);

/// <summary>A network that the inventory has.</summary>
sealed record KnownNetwork(string Id, string Name, ImmutableArray<string> Cidrs);
