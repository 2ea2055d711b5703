using System.Collections.Immutable;

namespace Stackmeta.WebConsole;

/// <summary>The stations of the path as the page shows them, in the order in which a request comes by them.</summary>
enum Station
{
    Edge,
    Agent,
    Api,

    /// <summary>What answers are made of: ports, records, groups, vendor data.</summary>
    Store,
}

/// <summary>Which station the admin socket's words belong to.</summary>
static class Stations
{
    public static ImmutableArray<Station> All { get; } = [.. Enum.GetValues<Station>()];

    public static string NameOf(Station station) => station.ToString().ToLowerInvariant();

    /// <summary>The station of a step of a request (<c>/trace</c>); null for one that this page does not know.</summary>
    public static Station? OfStep(string step) =>
        step switch
        {
            "edge" => Station.Edge,
            "agent" => Station.Agent,
            // While the API is another server's, the wait for it is all that is seen of it.
            "api" or "upstream" => Station.Api,
            "ports" or "instances" or "security-groups" or "vendor-data" or "password" => Station.Store,
            _ => null,
        };

    /// <summary>The station that a finding of <c>/readyz</c> tells of; null for those about the process as a whole.</summary>
    public static Station? OfFinding(string name) =>
        name switch
        {
            "networks" => Station.Edge,
            "agent" or "agent-socket" => Station.Agent,
            "api" or "upstream" => Station.Api,
            "instances" or "ports" => Station.Store,
            _ => null,
        };

    /// <summary>The stations that a process with this finding has.</summary>
    public static ImmutableArray<Station> ShownBy(string finding) =>
        finding switch
        {
            "networks" => [Station.Edge],
            "agent" => [Station.Agent],
            "ports" => [Station.Agent, Station.Store],
            "upstream" or "api" => [Station.Api],
            "instances" => [Station.Api, Station.Store],
            _ => [],
        };
}
