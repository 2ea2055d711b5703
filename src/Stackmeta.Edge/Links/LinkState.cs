using System.Collections.Immutable;
using System.Text.Json;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Edge;

/// <summary>What the machine has of a network now, as <c>ip -json</c> tells it.</summary>
sealed record LinkState
{
    public static LinkState Nothing { get; } = new();

    /// <summary>Null when there is none.</summary>
    public LinkInfo? Bridge { get; init; }

    /// <summary>The end on the bridge; null when there is none.</summary>
    public LinkInfo? BridgeEnd { get; init; }

    /// <summary>Ports of the bridge with our mark that are not <see cref="BridgeEnd"/>: of a DHCP port that was replaced.</summary>
    public ImmutableArray<string> OldBridgeEnds { get; init; } = [];

    /// <summary>The namespace's loopback, which carries the mark; null when there is no such namespace.</summary>
    public LinkInfo? Loopback { get; init; }

    /// <summary>The interface in the namespace; null when there is none.</summary>
    public LinkInfo? Tap { get; init; }

    /// <summary>Interfaces in the namespace besides the loopback.</summary>
    public int OtherLinks { get; init; }

    /// <summary>Gateways of the default routes in the namespace.</summary>
    public ImmutableArray<string> DefaultGateways { get; init; } = [];

    /// <summary>Asks the machine.</summary>
    public static async Task<LinkState> ReadAsync(LinkPlan plan, CancellationToken cancellationToken)
    {
        var state = new LinkState
        {
            Bridge = await ReadLinkAsync(plan.Bridge, cancellationToken),
            BridgeEnd = await ReadLinkAsync(plan.BridgeEnd, cancellationToken),
        };
        if (state.Bridge is not null)
        {
            var ports = LinkInfo.Parse(
                await Command
                    .Ip(null, "-details", "-json", "addr", "show", "master", plan.Bridge)
                    .RunAsync(cancellationToken)
            );
            state = state with
            {
                OldBridgeEnds =
                [
                    .. ports
                        .Where(port => port.Alias == plan.Mark && port.Name != plan.BridgeEnd)
                        .Select(port => port.Name),
                ],
            };
        }
        if (!FileLookup.Exists(NetworkNamespace.PathOf(plan.Namespace)))
        {
            return state;
        }
        var inside = LinkInfo.Parse(
            await Command.Ip(plan.Namespace, "-details", "-json", "addr", "show").RunAsync(cancellationToken)
        );
        return state with
        {
            Loopback = inside.Find(link => link.Name == "lo"),
            Tap = inside.Find(link => link.Name == plan.Tap),
            OtherLinks = inside.Count - 1,
            DefaultGateways =
            [
                .. Gateways(
                    await Command
                        .Ip(plan.Namespace, "-json", "-4", "route", "show", "default")
                        .RunAsync(cancellationToken)
                ),
                .. plan.HostHasIpv6
                    ? Gateways(
                        await Command
                            .Ip(plan.Namespace, "-json", "-6", "route", "show", "default")
                            .RunAsync(cancellationToken)
                    )
                    : [],
            ],
        };
    }

    static async Task<LinkInfo?> ReadLinkAsync(string name, CancellationToken cancellationToken)
    {
        // Asking ip about a missing one is an error like any other.
        return HostLink.Exists(name)
            ? LinkInfo
                .Parse(
                    await Command.Ip(null, "-details", "-json", "addr", "show", "dev", name).RunAsync(cancellationToken)
                )
                .FirstOrDefault()
            : null;
    }

    static List<string> Gateways(string json)
    {
        var found = new List<string>();
        if (json.AsSpan().Trim().IsEmpty)
        {
            return found;
        }
        using var document = JsonDocument.Parse(json);
        foreach (var route in document.RootElement.EnumerateArray())
        {
            if (route.TryGetProperty("gateway", out var gateway))
            {
                found.Add(gateway.GetString()!);
            }
        }
        return found;
    }
}

/// <summary>One interface.</summary>
sealed record LinkInfo
{
    public required string Name { get; init; }

    public int Index { get; init; }

    public string? Alias { get; init; }

    public int Mtu { get; init; }

    /// <summary>Set to be up; whether there is a carrier is another matter.</summary>
    public bool IsUp { get; init; }

    public string? Mac { get; init; }

    /// <summary>The bridge that it is a port of.</summary>
    public string? Master { get; init; }

    public ImmutableArray<LinkAddress> Addresses { get; init; } = [];

    /// <summary>Reads the output of <c>ip -details -json addr show</c>; without details it leaves aliases out.</summary>
    public static List<LinkInfo> Parse(string json)
    {
        var links = new List<LinkInfo>();
        if (json.AsSpan().Trim().IsEmpty)
        {
            return links;
        }
        using var document = JsonDocument.Parse(json);
        foreach (var link in document.RootElement.EnumerateArray())
        {
            if (link.TryGetProperty("ifname", out var name))
            {
                links.Add(
                    new()
                    {
                        Name = name.GetString()!,
                        Index = link.TryGetProperty("ifindex", out var index) ? index.GetInt32() : 0,
                        Alias = Text(link, "ifalias"),
                        Mtu = link.TryGetProperty("mtu", out var mtu) ? mtu.GetInt32() : 0,
                        IsUp = Has(link, "flags", "UP"),
                        Mac = Text(link, "address"),
                        Master = Text(link, "master"),
                        Addresses = link.TryGetProperty("addr_info", out var addresses)
                            ?
                            [
                                .. addresses
                                    .EnumerateArray()
                                    .Where(address => address.TryGetProperty("local", out _))
                                    .Select(LinkAddress.From),
                            ]
                            : [],
                    }
                );
            }
        }
        return links;
    }

    static string? Text(JsonElement link, string name) =>
        link.TryGetProperty(name, out var value) ? value.GetString() : null;

    static bool Has(JsonElement link, string name, string value) =>
        link.TryGetProperty(name, out var list) && list.EnumerateArray().Any(item => item.ValueEquals(value));
}

/// <summary>An address of an interface.</summary>
/// <param name="Cidr">With prefix length.</param>
/// <param name="IsKernelsOwn">The link-local address that the kernel made itself.</param>
/// <param name="IsTentative">Duplicate address detection has not finished (RFC 4862 §5.4).</param>
/// <param name="IsDuplicate">It has, and another host has the address.</param>
sealed record LinkAddress(string Cidr, bool IsKernelsOwn, bool IsTentative, bool IsDuplicate)
{
    public static LinkAddress From(JsonElement address)
    {
        var local = address.GetProperty("local").GetString()!;
        var prefixLength = address.GetProperty("prefixlen").GetInt32();
        return new(
            $"{local}/{prefixLength}",
            // ip tells the origin of an address only since 6.3. The edge itself gives link-local ones no prefix but /128.
            IsKernelsOwn: prefixLength == 64 && local.StartsWith("fe80:", StringComparison.Ordinal),
            IsTentative: IsTrue(address, "tentative"),
            IsDuplicate: IsTrue(address, "dadfailed")
        );
    }

    static bool IsTrue(JsonElement address, string name) =>
        address.TryGetProperty(name, out var value) && value.GetBoolean();
}
