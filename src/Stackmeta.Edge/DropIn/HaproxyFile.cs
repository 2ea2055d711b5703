using System.Net;

namespace Stackmeta.Edge;

/// <summary>
/// What a haproxy configuration written by one of Neutron's agents says that matters here (spec/neutron-metadata.md §1.2,
/// §1.3): where to listen, for whom, and where the process id is to be written.
/// </summary>
/// <remarks>
/// Timeouts, limits, users and the agent's socket are the edge's own settings, one for all networks, so those lines are
/// passed over; so is every line that is not known. Only what must be there is insisted on.
/// </remarks>
public sealed record HaproxyFile
{
    /// <summary>Null when the file names none.</summary>
    public string? PidFile { get; init; }

    public required EdgeScope Scope { get; init; }

    /// <summary>At least one; <c>::</c> stands for IPv4 too.</summary>
    public required IReadOnlyList<IPEndPoint> Binds { get; init; }

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="EdgeException">It is not one that an agent of Neutron's writes; the message names the line or what is
    /// missing.</exception>
    public static HaproxyFile Parse(string text)
    {
        string? pidFile = null;
        EdgeScope? scope = null;
        var binds = new List<IPEndPoint>();
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            switch (line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            {
                case ["pidfile", var path]:
                    pidFile = path;
                    break;
                case ["bind", var address, ..]:
                    binds.Add(ParseBind(address, number));
                    break;
                case ["http-request", "set-header" or "add-header", var header, var value]
                    when KindOf(header) is { } kind:
                    var id = Guid.TryParse(value, out var parsed)
                        ? parsed
                        : throw Fault(number, $"{header} is no uuid");
                    scope = scope is null ? new(kind, id) : throw Fault(number, "a second network or router");
                    break;
            }
        }
        return new()
        {
            PidFile = pidFile,
            Scope = scope ?? throw new EdgeException("The haproxy configuration names neither a network nor a router."),
            Binds = binds.Count > 0 ? binds : throw new EdgeException("The haproxy configuration has no bind line."),
        };
    }

    static EdgeScopeKind? KindOf(string header) =>
        header.ToLowerInvariant() switch
        {
            "x-neutron-network-id" => EdgeScopeKind.Network,
            "x-ovn-network-id" => EdgeScopeKind.OvnNetwork,
            "x-neutron-router-id" => EdgeScopeKind.Router,
            _ => null,
        };

    /// <summary>
    /// <c>169.254.169.254:80</c>, <c>:::9697</c>, <c>[fe80::a9fe:a9fe]:80</c>, and the last without brackets as older agents write it.
    /// </summary>
    static IPEndPoint ParseBind(string bind, int line)
    {
        var colon = bind.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(bind.AsSpan(colon + 1), out var port) || port == 0)
        {
            throw Fault(line, "no port to bind");
        }
        var text = bind[..colon];
        if (text is "" or "*")
        {
            return new(IPAddress.Any, port);
        }
        return IPAddress.TryParse(text.Trim('[', ']'), out var address)
            ? new(address, port)
            : throw Fault(line, "no address to bind");
    }

    static EdgeException Fault(int line, string what) => new($"The haproxy configuration, line {line}: {what}.");
}
