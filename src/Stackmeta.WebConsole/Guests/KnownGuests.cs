using System.Collections.Immutable;
using System.Text.Json;

namespace Stackmeta.WebConsole;

/// <summary>
/// The networks and guests of an inventory, as the admin socket lists them; empty where there is none, as on Nova's databases.
/// </summary>
sealed class KnownGuests
{
    /// <summary>What owners of instances' ports begin with (neutron-lib, <c>constants.py</c>).</summary>
    const string ComputeOwner = "compute:";

    readonly Dictionary<(string Network, string Address), KnownGuest> _byAddress = [];
    readonly ILookup<string, KnownGuest> _byNetwork;
    readonly ILookup<string, KnownGuest> _byInstance;

    KnownGuests(ImmutableArray<KnownNetwork> networks, ImmutableArray<KnownGuest> guests)
    {
        Networks = networks;
        All = guests;
        _byNetwork = guests.ToLookup(static guest => guest.Network);
        _byInstance = guests.ToLookup(static guest => guest.Instance);
        foreach (var guest in guests)
        {
            foreach (var address in guest.Addresses)
            {
                _byAddress.TryAdd((guest.Network, address), guest);
            }
        }
    }

    public static KnownGuests None { get; } = new([], []);

    /// <summary>Whether there is an inventory at all.</summary>
    public bool IsThere => this != None;

    public ImmutableArray<KnownNetwork> Networks { get; }

    public ImmutableArray<KnownGuest> All { get; }

    public IEnumerable<KnownGuest> OfNetwork(string network) => _byNetwork[network];

    public int CountOf(string network) => _byNetwork[network].Count();

    public KnownGuest? ByAddress(string network, string address) => _byAddress.GetValueOrDefault((network, address));

    /// <summary>The guest of an instance, by the address that it asks from, or the only one that the instance has.</summary>
    public KnownGuest? OfInstance(string instance, string? address)
    {
        var mine = _byInstance[instance];
        return mine.FirstOrDefault(guest => address is not null && guest.Addresses.Contains(address))
            ?? mine.FirstOrDefault();
    }

    /// <summary>Reads what <c>/inventory/…</c> answers.</summary>
    public static KnownGuests Of(JsonElement networks, JsonElement subnets, JsonElement ports, JsonElement instances)
    {
        var cidrs = subnets.EnumerateArray().ToLookup(static subnet => Text(subnet, "network_id"), Cidr);
        var names = instances
            .EnumerateArray()
            .ToDictionary(static instance => Text(instance, "id"), static instance => Text(instance, "name"));
        return new(
            [
                .. networks
                    .EnumerateArray()
                    .Select(network => new KnownNetwork(
                        Text(network, "id"),
                        Text(network, "name"),
                        [.. cidrs[Text(network, "id")]]
                    )),
            ],
            [
                .. ports
                    .EnumerateArray()
                    .Where(static port => IsGuest(port))
                    .Select(port => new KnownGuest(
                        Text(port, "id"),
                        Text(port, "network_id"),
                        [.. AddressesOf(port)],
                        Text(port, "device_id"),
                        names.GetValueOrDefault(Text(port, "device_id"), ""),
                        Text(port, "mac_address")
                    )),
            ]
        );
    }

    /// <summary>
    /// What belongs to DHCP servers and routers asks for nothing; a port without an owner may be a guest that lacks its instance.
    /// </summary>
    static bool IsGuest(JsonElement port) =>
        Text(port, "device_owner") is var owner
        && (owner.Length == 0 || owner.StartsWith(ComputeOwner, StringComparison.Ordinal));

    static IEnumerable<string> AddressesOf(JsonElement port) =>
        port.TryGetProperty("fixed_ips", out var addresses)
            ? addresses.EnumerateArray().Select(static address => Text(address, "ip_address"))
            : [];

    static string Cidr(JsonElement subnet) => Text(subnet, "cidr");

    static string Text(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
