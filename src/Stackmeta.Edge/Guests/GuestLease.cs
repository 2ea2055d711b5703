using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Stackmeta.Edge;

/// <summary>What a guest was told by DHCP.</summary>
public sealed record GuestLease
{
    public required IPAddress Address { get; init; }

    public required int PrefixLength { get; init; }

    /// <summary>The DHCP server's address.</summary>
    public IPAddress? Server { get; init; }

    /// <summary>By option 121 if it was given, which then stands for option 3 too (RFC 3442); a next hop 0.0.0.0 is on the link.</summary>
    public ImmutableArray<EdgeHostRoute> Routes { get; init; } = [];

    public ImmutableArray<IPAddress> DnsServers { get; init; } = [];

    public string? DomainName { get; init; }

    public string? HostName { get; init; }

    public int? Mtu { get; init; }

    /// <summary>Reads the variables that dhclient gives to its script (man dhclient-script).</summary>
    /// <exception cref="EdgeException">No address is among them.</exception>
    internal static GuestLease FromVariables(IEnumerable<string> lines)
    {
        var variables = new Dictionary<string, string>();
        foreach (var line in lines)
        {
            if (line.Split('=', 2) is [var name, var value])
            {
                variables[name] = value;
            }
        }
        string? Value(string name) => variables.GetValueOrDefault("new_" + name);
        if (
            !IPAddress.TryParse(Value("ip_address"), out var address)
            || !IPAddress.TryParse(Value("subnet_mask"), out var mask)
        )
        {
            throw new EdgeException("The DHCP client told no address.");
        }
        return new()
        {
            Address = address,
            PrefixLength = mask.GetAddressBytes().Sum(octet => int.PopCount(octet)),
            Server = IPAddress.TryParse(Value("dhcp_server_identifier"), out var server) ? server : null,
            Routes = RoutesOf(Value(DhcpClient.ClasslessRoutesName.Replace('-', '_')), Value("routers")),
            DnsServers =
            [
                .. (Value("domain_name_servers") ?? "")
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Select(IPAddress.Parse),
            ],
            DomainName = Value("domain_name"),
            HostName = Value("host_name"),
            Mtu = int.TryParse(Value("interface_mtu"), CultureInfo.InvariantCulture, out var mtu) ? mtu : null,
        };
    }

    /// <param name="classless">The octets of option 121 in decimal, for example <c>32 169 254 169 254 10 0 0 66</c>.</param>
    static ImmutableArray<EdgeHostRoute> RoutesOf(string? classless, string? routers)
    {
        if (classless is null)
        {
            return
            [
                .. (routers ?? "")
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Take(1)
                    .Select(router => new EdgeHostRoute(new IPNetwork(IPAddress.Any, 0), IPAddress.Parse(router))),
            ];
        }
        ReadOnlySpan<byte> octets = [.. classless.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(byte.Parse)];
        var routes = ImmutableArray.CreateBuilder<EdgeHostRoute>();
        Span<byte> destination = stackalloc byte[4];
        while (octets is [var length, .. var rest] && length <= 32)
        {
            var significant = (length + 7) / 8;
            if (rest.Length < significant + 4)
            {
                break;
            }
            destination.Clear();
            rest[..significant].CopyTo(destination);
            routes.Add(
                new(new IPNetwork(new IPAddress(destination), length), new IPAddress(rest.Slice(significant, 4)))
            );
            octets = rest[(significant + 4)..];
        }
        return routes.ToImmutable();
    }
}
