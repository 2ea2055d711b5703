using System.Text.Json;

namespace Stackmeta.WebConsole;

/// <summary>The list of networks: those with refused guests first, then the busiest.</summary>
static class NetworkRows
{
    /// <summary>More are found by searching; the page says how many there are.</summary>
    const int Shown = 100;

    public static void Write(Utf8JsonWriter json, PathPicture picture, IReadOnlyDictionary<string, double> rates)
    {
        var refused = picture.RefusedByNetwork();
        var strangers = picture.StrangersByNetwork();
        var known = picture.Known.Networks.Select(static network => network.Id).ToHashSet(StringComparer.Ordinal);
        var rows = picture
            .Known.Networks.Concat(
                rates
                    .Keys.Union(strangers.Keys)
                    .Where(id => !known.Contains(id))
                    .Select(static id => new KnownNetwork(id, "", []))
            )
            .Select(network =>
                (
                    Network: network,
                    Rate: rates.GetValueOrDefault(network.Id),
                    Refused: refused.GetValueOrDefault(network.Id)
                )
            )
            .OrderByDescending(static row => row.Refused > 0)
            .ThenByDescending(static row => Math.Round(row.Rate))
            .ThenBy(static row => row.Network.Name, StringComparer.Ordinal)
            .ThenBy(static row => row.Network.Id, StringComparer.Ordinal)
            .ToList();
        json.WriteNumber("network_count", rows.Count);
        json.WriteNumber("guest_count", picture.Known.All.Length + strangers.Values.Sum());
        json.WriteStartArray("networks");
        foreach (var (network, rate, refusedGuests) in rows.Take(Shown))
        {
            json.WriteStartObject();
            json.WriteString("id", network.Id);
            json.WriteString("name", network.Name);
            json.WriteString("cidrs", string.Join(", ", network.Cidrs));
            json.WriteNumber("guests", picture.Known.CountOf(network.Id) + strangers.GetValueOrDefault(network.Id));
            json.WriteNumber("refused", refusedGuests);
            json.WriteNumber("per_s", Math.Round(rate, 1));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
