using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Stackmeta.OpenStack;

/// <summary>A token with the catalogue that came with it.</summary>
/// <param name="Id">What goes into X-Auth-Token; a secret.</param>
sealed record KeystoneToken(
    string Id,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    ImmutableArray<KeystoneEndpoint> Catalogue
)
{
    /// <summary>When a new one is asked for: after nine tenths of its life.</summary>
    public DateTimeOffset RenewAt => ExpiresAt - ((ExpiresAt - IssuedAt) / 10);

    /// <summary>Reads the body of Keystone's answer; null when it is none.</summary>
    public static KeystoneToken? Read(string id, JsonElement body, DateTimeOffset now)
    {
        var token = body.Member("token");
        return DateTimeOffset.TryParse(
            token.Member("expires_at").Text(),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var expires
        )
            ? new(id, now, expires, [.. token.Member("catalog").Items().SelectMany(Endpoints)])
            : null;
    }

    /// <summary>The endpoint that the choice prefers; null when the catalogue has none that fits.</summary>
    public Uri? Find(EndpointChoice choice) =>
        choice
            .Interfaces.Select(wanted =>
                Catalogue.FirstOrDefault(endpoint =>
                    endpoint.ServiceType == choice.ServiceType
                    && endpoint.Interface == wanted
                    && (choice.ServiceName is null || endpoint.ServiceName == choice.ServiceName)
                    && (choice.RegionName is null || endpoint.Region == choice.RegionName)
                )
            )
            .FirstOrDefault(endpoint => endpoint is not null)
            ?.Url;

    static IEnumerable<KeystoneEndpoint> Endpoints(JsonElement service)
    {
        foreach (var endpoint in service.Member("endpoints").Items())
        {
            if (Uri.TryCreate(endpoint.Member("url").Text(), UriKind.Absolute, out var url))
            {
                yield return new(
                    service.Member("type").Text(),
                    service.Member("name").Text(),
                    endpoint.Member("interface").Text(),
                    endpoint.Member("region_id").Text() ?? endpoint.Member("region").Text(),
                    url
                );
            }
        }
    }
}

/// <summary>One endpoint of the catalogue.</summary>
sealed record KeystoneEndpoint(string? ServiceType, string? ServiceName, string? Interface, string? Region, Uri Url);
