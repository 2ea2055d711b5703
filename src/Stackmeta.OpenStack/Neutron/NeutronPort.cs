using System.Collections.Immutable;
using System.Text.Json;
using Stackmeta.Core.Lookups;

namespace Stackmeta.OpenStack;

/// <summary>A port as Neutron lists it, with the fields that are asked for here.</summary>
sealed record NeutronPort(
    string Id,
    string NetworkId,
    string DeviceId,
    string ProjectId,
    string MacAddress,
    ImmutableArray<string> PairMacAddresses,
    ImmutableArray<string> FixedIps
)
{
    /// <summary>The fields, for the query.</summary>
    public const string Fields =
        "fields=id&fields=network_id&fields=device_id&fields=project_id&fields=mac_address&fields=allowed_address_pairs&fields=fixed_ips";

    public static NeutronPort Read(JsonElement port) =>
        new(
            port.Member("id").Text() ?? "",
            port.Member("network_id").Text() ?? "",
            port.Member("device_id").Text() ?? "",
            // Both names are given; older servers know only the second.
            port.Member("project_id").Text()
                ?? port.Member("tenant_id").Text()
                ?? "",
            port.Member("mac_address").Text()?.ToLowerInvariant() ?? "",
            [.. port.Member("allowed_address_pairs").Items().Select(pair => pair.Member("mac_address").Text() ?? "")],
            [.. port.Member("fixed_ips").Items().Select(ip => ip.Member("ip_address").Text() ?? "")]
        );

    public bool Has(GuestAddress address) =>
        address.IsMacAddress ? MacAddress == address.Text : FixedIps.Contains(address.Text);

    public Port ToPort() =>
        new(Id, NetworkId, DeviceId, ProjectId)
        {
            MacAddresses = Port.ReadMacAddresses(MacAddress, [.. PairMacAddresses.Select(PairMacAddress.Normalize)]),
        };
}
