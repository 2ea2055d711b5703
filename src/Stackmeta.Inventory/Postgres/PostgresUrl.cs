using System.Globalization;
using Npgsql;

namespace Stackmeta.Inventory;

/// <summary>
/// A connection URI as libpq reads it (postgresql.org/docs/current/libpq-connect.html §34.1.1.2):
/// <c>postgresql://user:password@host:port,host:port/database?parameter=value</c>. All parts are percent-encoded.
/// </summary>
public sealed class PostgresUrl
{
    const int DefaultPort = 5432;

    // Where libpq of Debian and Red Hat looks for the server when no host is named.
    const string DefaultSocketFolder = "/var/run/postgresql";

    readonly NpgsqlConnectionStringBuilder _settings;

    PostgresUrl(NpgsqlConnectionStringBuilder settings, TargetSessionAttributes reads)
    {
        _settings = settings;
        Reads = reads;
    }

    /// <summary>Which servers are asked for what guests want to know; writing needs one that takes it.</summary>
    internal TargetSessionAttributes Reads { get; }

    internal string Database => _settings.Database!;

    internal string Username => _settings.Username!;

    /// <summary>Whether a text claims to be such a URL.</summary>
    public static bool IsOne(string text) =>
        text.StartsWith("postgresql://", StringComparison.Ordinal)
        || text.StartsWith("postgres://", StringComparison.Ordinal);

    /// <summary>Reads a URL.</summary>
    /// <param name="text">It is quoted in no message, since it may hold a password.</param>
    /// <param name="password">The password from elsewhere; null for the URL's own, or that of libpq's password file.</param>
    /// <exception cref="FormatException">It is malformed, or a parameter is not understood; the message is a part of a
    /// sentence.</exception>
    public static PostgresUrl Parse(string text, string? password = null)
    {
        if (!IsOne(text))
        {
            throw new FormatException("it does not begin with postgresql://");
        }
        var (rest, query) = Cut(text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..], '?');
        var (authority, database) = Cut(rest, '/');
        // A password's own @ and / must be percent-encoded; the last @ is the one that counts, as in libpq.
        var at = authority.LastIndexOf('@');
        var (user, written) = Cut(at < 0 ? "" : authority[..at], ':');
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = HostsOf(authority[(at + 1)..]),
            Username = user.Length > 0 ? Decode(user) : Environment.UserName,
            // Parameters say what differs from these.
            ApplicationName = "stackmeta",
            GssEncryptionMode = GssEncryptionMode.Disable,
        };
        settings.Database = database.Length > 0 ? Decode(database) : settings.Username;
        if (password is not null || written.Length > 0)
        {
            settings.Password = password ?? Decode(written);
        }
        var reads = TargetSessionAttributes.PreferPrimary;
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Cut(pair, '=');
            if (name == "target_session_attrs")
            {
                reads = ReadsOf(Decode(value));
            }
            else
            {
                Apply(settings, name, Decode(value));
            }
        }
        return new PostgresUrl(settings, reads);
    }

    /// <summary>
    /// The text with the password's place kept and the password left out, also where one stands as a parameter, which is refused.
    /// </summary>
    public static string Mask(string text)
    {
        var (place, query) = Cut(text, '?');
        var pairs = query.Split('&').Select(static pair => Cut(pair, '=').Before is "password" ? "password=***" : pair);
        return query.Length == 0 ? MaskUser(text) : $"{MaskUser(place)}?{string.Join('&', pairs)}";
    }

    static string MaskUser(string text)
    {
        var begin = text.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = text.AsSpan(begin).IndexOfAny('/', '?') is var at and >= 0 ? begin + at : text.Length;
        var user = text.LastIndexOf('@', Math.Max(begin, end) - 1);
        var colon = begin < 3 || user < begin ? -1 : text.IndexOf(':', begin, user - begin);
        return colon < 0 ? text : $"{text[..(colon + 1)]}***{text[user..]}";
    }

    /// <summary>Without the password, for messages.</summary>
    public override string ToString() =>
        $"postgresql://{_settings.Username}@{string.Join(',', _settings.Host!.Split(',').Select(WithoutDefaultPort))}/{_settings.Database}";

    /// <summary>A connection string for the driver.</summary>
    internal NpgsqlConnectionStringBuilder Copy() => new(_settings.ConnectionString);

    static string WithoutDefaultPort(string host) =>
        host.EndsWith($":{DefaultPort}", StringComparison.Ordinal) ? host[..host.LastIndexOf(':')] : host;

    static string HostsOf(string authority) =>
        authority.Length == 0 ? DefaultSocketFolder : string.Join(',', authority.Split(',').Select(HostOf));

    static string HostOf(string text)
    {
        var colon = text.LastIndexOf(':');
        var isPort = colon >= 0 && colon > text.LastIndexOf(']');
        var host = Decode(isPort ? text[..colon] : text);
        var port = isPort && colon + 1 < text.Length ? PortOf(text[(colon + 1)..]) : DefaultPort;
        return $"{(host.Length == 0 ? DefaultSocketFolder : host)}:{port}";
    }

    static int PortOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
            ? port
            : throw new FormatException("a port in it is no number from 1 to 65535");

    static void Apply(NpgsqlConnectionStringBuilder settings, string name, string value)
    {
        switch (name)
        {
            case "sslmode":
                settings.SslMode = ModeOf(value);
                break;
            case "sslrootcert":
                settings.RootCertificate = value;
                break;
            case "sslcert":
                settings.SslCertificate = value;
                break;
            case "sslkey":
                settings.SslKey = value;
                break;
            case "passfile":
                settings.Passfile = value;
                break;
            case "options":
                settings.Options = value;
                break;
            case "application_name":
                settings.ApplicationName = value;
                break;
            default:
                throw new FormatException(
                    $"the parameter '{name}' is not supported; supported are target_session_attrs, sslmode, sslrootcert, sslcert, sslkey, passfile, options and application_name"
                );
        }
    }

    static SslMode ModeOf(string value) =>
        value switch
        {
            "disable" => SslMode.Disable,
            "allow" => SslMode.Allow,
            "prefer" => SslMode.Prefer,
            "require" => SslMode.Require,
            "verify-ca" => SslMode.VerifyCA,
            "verify-full" => SslMode.VerifyFull,
            _ => throw new FormatException(
                "its sslmode is none of disable, allow, prefer, require, verify-ca, verify-full"
            ),
        };

    static TargetSessionAttributes ReadsOf(string value) =>
        value switch
        {
            "prefer-primary" => TargetSessionAttributes.PreferPrimary,
            "primary" or "read-write" => TargetSessionAttributes.Primary,
            "prefer-standby" => TargetSessionAttributes.PreferStandby,
            "any" => TargetSessionAttributes.Any,
            _ => throw new FormatException(
                "its target_session_attrs is none of prefer-primary, primary, read-write, prefer-standby, any"
            ),
        };

    static string Decode(string text) => Uri.UnescapeDataString(text);

    static (string Before, string After) Cut(string text, char at)
    {
        var index = text.IndexOf(at, StringComparison.Ordinal);
        return index < 0 ? (text, "") : (text[..index], text[(index + 1)..]);
    }
}
