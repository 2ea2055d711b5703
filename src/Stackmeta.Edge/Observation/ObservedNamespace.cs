using System.Collections.Immutable;
using System.Text.Json;

namespace Stackmeta.Edge;

/// <summary>What a network namespace of this host holds now, whoever made it. Reading it changes nothing.</summary>
/// <param name="Name">As <c>ip netns</c> lists it.</param>
/// <param name="Links">Its interfaces, the loopback too.</param>
public sealed record ObservedNamespace(string Name, ImmutableArray<ObservedLink> Links)
{
    /// <summary>Looks into a namespace.</summary>
    /// <returns>Null when there is none of the name, or only the file that it was mounted on.</returns>
    /// <exception cref="EdgeException">It may not be entered, or <c>ip</c> is missing.</exception>
    public static async Task<ObservedNamespace?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        if (NetworkNamespace.Find(name).IsAbsent)
        {
            return null;
        }
        return new(
            name,
            ObservedLink.Parse(await Command.Ip(name, "-details", "-json", "addr", "show").RunAsync(cancellationToken))
        );
    }

    /// <summary>Names of namespaces on this host.</summary>
    public static IEnumerable<string> List() => NetworkNamespace.Names();
}

/// <summary>An interface.</summary>
/// <param name="Name">In its namespace.</param>
/// <param name="Index">In its namespace.</param>
/// <param name="PeerIndex">The index of a veth pair's other end, in the namespace that that lies in; 0 for what is no pair.</param>
/// <param name="IsUp">Set to be up.</param>
/// <param name="HasCarrier">The other side is up too.</param>
/// <param name="Mtu">Bytes.</param>
/// <param name="Mac">Lower case with colons.</param>
/// <param name="Master">The bridge that it is a port of; null for none.</param>
/// <param name="Addresses">Its addresses.</param>
public sealed record ObservedLink(
    string Name,
    int Index,
    int PeerIndex,
    bool IsUp,
    bool HasCarrier,
    int Mtu,
    string? Mac,
    string? Master,
    ImmutableArray<ObservedAddress> Addresses
)
{
    /// <summary>An interface of this process's own namespace; null when there is none of the name.</summary>
    /// <exception cref="EdgeException"><c>ip</c> is missing or failed.</exception>
    public static async Task<ObservedLink?> ReadAsync(string name, CancellationToken cancellationToken) =>
        HostLink.Exists(name)
            ? Parse(
                    await Command.Ip(null, "-details", "-json", "addr", "show", "dev", name).RunAsync(cancellationToken)
                )
                .FirstOrDefault()
            : null;

    /// <summary>The ports of a bridge of this process's own namespace.</summary>
    /// <exception cref="EdgeException"><c>ip</c> is missing or failed.</exception>
    public static async Task<ImmutableArray<ObservedLink>> ReadPortsAsync(
        string bridge,
        CancellationToken cancellationToken
    ) =>
        Parse(
            await Command.Ip(null, "-details", "-json", "addr", "show", "master", bridge).RunAsync(cancellationToken)
        );

    /// <summary>MAC addresses that a bridge has seen behind each of its ports.</summary>
    /// <exception cref="EdgeException"><c>bridge</c> is missing or failed.</exception>
    public static async Task<ILookup<string, string>> ReadNeighboursAsync(
        string bridge,
        CancellationToken cancellationToken
    )
    {
        using var document = Read(
            await new Command("bridge", "-json", "fdb", "show", "br", bridge).RunAsync(cancellationToken)
        );
        return (document?.RootElement.EnumerateArray().ToArray() ?? [])
            .Where(entry => entry.TryGetProperty("mac", out _) && entry.TryGetProperty("ifname", out _))
            // Permanent entries are the ports' own addresses.
            .Where(entry => !entry.TryGetProperty("state", out var state) || !state.ValueEquals("permanent"))
            .Select(entry =>
                (Mac: entry.GetProperty("mac").GetString()!, Port: entry.GetProperty("ifname").GetString()!)
            )
            .ToLookup(entry => entry.Mac, entry => entry.Port);
    }

    internal static ImmutableArray<ObservedLink> Parse(string json)
    {
        using var document = Read(json);
        return document is null
            ? []
            :
            [
                .. document
                    .RootElement.EnumerateArray()
                    .Where(link => link.TryGetProperty("ifname", out _))
                    .Select(link => new ObservedLink(
                        link.GetProperty("ifname").GetString()!,
                        Number(link, "ifindex"),
                        Number(link, "link_index"),
                        Flags(link).Contains("UP"),
                        Flags(link).Contains("LOWER_UP"),
                        Number(link, "mtu"),
                        Text(link, "address"),
                        Text(link, "master"),
                        link.TryGetProperty("addr_info", out var addresses)
                            ?
                            [
                                .. addresses
                                    .EnumerateArray()
                                    .Where(address => address.TryGetProperty("local", out _))
                                    .Select(ObservedAddress.From),
                            ]
                            : []
                    )),
            ];
    }

    static JsonDocument? Read(string json) => json.AsSpan().Trim().IsEmpty ? null : JsonDocument.Parse(json);

    static string? Text(JsonElement link, string name) =>
        link.TryGetProperty(name, out var value) ? value.GetString() : null;

    static int Number(JsonElement link, string name) =>
        link.TryGetProperty(name, out var value) && value.TryGetInt32(out var number) ? number : 0;

    static IEnumerable<string?> Flags(JsonElement link) =>
        link.TryGetProperty("flags", out var flags) ? flags.EnumerateArray().Select(flag => flag.GetString()) : [];
}

/// <summary>An address of an interface.</summary>
/// <param name="Address">Without prefix length.</param>
/// <param name="PrefixLength">In bits.</param>
/// <param name="IsTentative">Duplicate address detection has not finished (RFC 4862 §5.4).</param>
/// <param name="IsDuplicate">It has, and another host has the address.</param>
public readonly record struct ObservedAddress(string Address, int PrefixLength, bool IsTentative, bool IsDuplicate)
{
    internal static ObservedAddress From(JsonElement address) =>
        new(
            address.GetProperty("local").GetString()!,
            address.GetProperty("prefixlen").GetInt32(),
            IsTrue(address, "tentative"),
            IsTrue(address, "dadfailed")
        );

    static bool IsTrue(JsonElement address, string name) =>
        address.TryGetProperty(name, out var value) && value.GetBoolean();
}
