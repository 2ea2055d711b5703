using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Stackmeta.OpenStack;

/// <summary>The two kinds of database that OpenStack's services run on.</summary>
public enum DatabaseKind
{
    /// <summary>MySQL and MariaDB.</summary>
    MySql,
    PostgreSql,
}

/// <summary>
/// An SQLAlchemy database URL, <c>dialect+driver://user:password@host:port/database?parameter=value</c>, split and decoded as
/// SQLAlchemy does: user, password and parameters are percent-encoded, a password may hold slashes and colons.
/// </summary>
public sealed partial record DatabaseUrl
{
    DatabaseUrl() { }

    public DatabaseKind Kind { get; private init; }

    public string? Username { get; private init; }

    public string? Password { get; private init; }

    /// <summary>
    /// In the order in which they are tried; a host that begins with a slash is the folder of a unix socket. Empty for the driver's own
    /// default.
    /// </summary>
    public ImmutableArray<DatabaseHost> Hosts { get; private init; } = [];

    public string Database { get; private init; } = "";

    /// <summary>In the order of the URL; a name may come several times.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Parameters { get; private init; } = [];

    /// <summary>The URL without its password, for messages.</summary>
    public override string ToString() =>
        $"{(Kind == DatabaseKind.MySql ? "mysql" : "postgresql")}://{Username}:***@{string.Join(',', Hosts)}/{Database}";

    /// <summary>Reads a URL.</summary>
    /// <param name="text">The URL; it is quoted in no message, since it holds a password.</param>
    /// <exception cref="FormatException">The URL is malformed or its dialect is none that OpenStack runs on.</exception>
    public static DatabaseUrl Parse(string text)
    {
        var match = Shape().Match(text);
        if (!match.Success)
        {
            throw new FormatException("it is not of the form dialect+driver://user:password@host:port/database");
        }
        string? Part(string name) => match.Groups[name] is { Success: true, Value: var value } ? value : null;

        var kind = KindOf(match.Groups["scheme"].Value);
        var parameters = Query(Part("query") ?? "");
        return new DatabaseUrl
        {
            Kind = kind,
            Username = Part("user") is { } user ? Uri.UnescapeDataString(user) : null,
            Password = Part("password") is { } password ? Uri.UnescapeDataString(password) : null,
            Hosts = HostsOf(Part("ipv6"), Part("host"), Part("port"), kind, parameters),
            Database = Part("database") ?? "",
            // libpq's host and port may stand among the parameters, where they name several hosts.
            Parameters =
            [
                .. parameters.Where(pair => kind == DatabaseKind.MySql || pair.Key is not ("host" or "port")),
            ],
        };
    }

    /// <summary>The same with parameters that stand elsewhere (oslo.db's <c>connection_parameters</c>).</summary>
    public DatabaseUrl With(string parameters) => this with { Parameters = Parameters.AddRange(Query(parameters)) };

    static DatabaseKind KindOf(string scheme) =>
        scheme.Split('+')[0] switch
        {
            "mysql" or "mariadb" => DatabaseKind.MySql,
            "postgresql" or "postgres" => DatabaseKind.PostgreSql,
            var dialect => throw new FormatException(
                $"the dialect '{dialect}' is neither mysql, mariadb nor postgresql"
            ),
        };

    static ImmutableArray<DatabaseHost> HostsOf(
        string? ipv6,
        string? hosts,
        string? port,
        DatabaseKind kind,
        ImmutableArray<KeyValuePair<string, string>> parameters
    )
    {
        if (ipv6 is not null)
        {
            return [new(ipv6, PortOf(port))];
        }
        if (!string.IsNullOrEmpty(hosts))
        {
            // Several hosts: h1:1,h2:2. The pattern leaves all from the first colon on in the port.
            var list = port is null ? hosts : $"{hosts}:{port}";
            return [.. list.Split(',').Select(HostOf)];
        }
        if (kind == DatabaseKind.MySql)
        {
            return [];
        }
        var ports = parameters.Where(pair => pair.Key == "port").SelectMany(pair => pair.Value.Split(',')).ToArray();
        return
        [
            .. parameters
                .Where(pair => pair.Key == "host")
                .SelectMany(pair => pair.Value.Split(','))
                .Select(HostOf)
                .Select(
                    (host, i) =>
                        host.Port is null && ports.Length > 0
                            ? host with
                            {
                                Port = PortOf(ports[Math.Min(i, ports.Length - 1)]),
                            }
                            : host
                ),
        ];
    }

    static DatabaseHost HostOf(string text)
    {
        var colon = text.LastIndexOf(':');
        return text.StartsWith('/') || colon < 0 ? new(text, null)
            : text.StartsWith('[') && text.EndsWith(']') ? new(text[1..^1], null)
            : new(text[..colon].Trim('[', ']'), PortOf(text[(colon + 1)..]));
    }

    static int? PortOf(string? text) =>
        string.IsNullOrEmpty(text) ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? port
        : throw new FormatException($"the port '{text}' is no number from 1 to 65535");

    // As Python's parse_qsl: a plus is a blank, a parameter without a value is left out.
    static ImmutableArray<KeyValuePair<string, string>> Query(string query) =>
        [
            .. query
                .Split('&', StringSplitOptions.RemoveEmptyEntries)
                .Select(pair => pair.Replace('+', ' ').Split('=', 2))
                .Where(pair => pair.Length == 2 && pair[1].Length > 0)
                .Select(pair => KeyValuePair.Create(Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString(pair[1]))),
        ];

    [GeneratedRegex(
        """
            ^(?<scheme>[\w+]+)://
            (?:(?<user>[^:/]*)(?::(?<password>[^@]*))?@)?
            (?:\[(?<ipv6>[^/?\]]+)\]|(?<host>[^/:?]+))?
            (?::(?<port>[^/?]*))?
            (?:/(?<database>[^?]*))?
            (?:\?(?<query>.*))?$
            """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Shape();
}

/// <summary>A database server. A null port stands for the driver's default, 3306 or 5432.</summary>
public readonly record struct DatabaseHost(string Name, int? Port)
{
    public override string ToString() => Port is null ? Name : $"{Name}:{Port}";
}
