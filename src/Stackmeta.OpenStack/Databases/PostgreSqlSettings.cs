using System.Globalization;
using Npgsql;

namespace Stackmeta.OpenStack;

/// <summary>What libpq's connection parameters mean to Npgsql. One that cannot be honoured is refused by name.</summary>
static class PostgreSqlSettings
{
    const int DefaultPort = 5432;

    // Where libpq of Debian and Red Hat looks for the server when no host is named.
    const string DefaultSocketFolder = "/var/run/postgresql";

    /// <exception cref="FormatException">A parameter or combination is not understood.</exception>
    public static NpgsqlDataSource DataSource(DatabaseUrl url, DatabasePool pool)
    {
        var builder = new NpgsqlSlimDataSourceBuilder(ConnectionString(url, pool));
        builder.EnableTransportSecurity();
        return url.Hosts.Length > 1 || builder.ConnectionStringBuilder.TargetSessionAttributes is not null
            ? builder.BuildMultiHost()
            : builder.Build();
    }

    /// <exception cref="FormatException">A parameter or combination is not understood.</exception>
    internal static string ConnectionString(DatabaseUrl url, DatabasePool pool)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Username = url.Username,
            Password = url.Password,
            Database = url.Database,
            Host = url.Hosts.IsEmpty
                ? DefaultSocketFolder
                : string.Join(',', url.Hosts.Select(host => Address(host, alone: url.Hosts.Length == 1))),
            MaxPoolSize = pool.MaximumConnections,
            ConnectionLifetime = (int)pool.ConnectionLifetime.TotalSeconds,
            Timeout = Math.Max(1, (int)pool.ConnectTimeout.TotalSeconds),
            // No session state is set that would have to be reset.
            NoResetOnClose = true,
            GssEncryptionMode = GssEncryptionMode.Disable,
            ApplicationName = "stackmeta",
        };
        if (url.Hosts is [{ Port: { } port }])
        {
            settings.Port = port;
        }
        foreach (var (name, value) in url.Parameters)
        {
            Apply(settings, name, value);
        }
        // libpq: "require" with an authority at hand checks the chain as "verify-ca" does.
        if (settings is { SslMode: SslMode.Require, RootCertificate: not null })
        {
            settings.SslMode = SslMode.VerifyCA;
        }
        return settings.ConnectionString;
    }

    static string Address(DatabaseHost host, bool alone) =>
        alone ? host.Name
        : host.Name.Contains(':') ? $"[{host.Name}]:{host.Port ?? DefaultPort}"
        : $"{host.Name}:{host.Port ?? DefaultPort}";

    static void Apply(NpgsqlConnectionStringBuilder settings, string name, string value)
    {
        switch (name)
        {
            case "user":
                settings.Username = value;
                break;
            case "password":
                settings.Password = value;
                break;
            case "dbname" or "database":
                settings.Database = value;
                break;
            case "connect_timeout" or "timeout":
                settings.Timeout = Number(name, value);
                break;
            case "command_timeout":
                settings.CommandTimeout = Number(name, value);
                break;
            case "sslmode" or "ssl":
                settings.SslMode = Mode(value);
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
            case "sslpassword":
                settings.SslPassword = value;
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
            case "target_session_attrs":
                settings.TargetSessionAttributes = value;
                break;
            // Without effect on what is read and written here; the client's encoding is always UTF-8.
            case "client_encoding" or "fallback_application_name" or "gssencmode" or "load_balance_hosts":
            case "keepalives" or "keepalives_idle" or "keepalives_interval" or "keepalives_count" or "tcp_user_timeout":
                break;
            default:
                throw new FormatException($"the parameter '{name}' is not supported for PostgreSQL");
        }
    }

    static SslMode Mode(string value) =>
        value switch
        {
            "disable" or "False" => SslMode.Disable,
            "allow" => SslMode.Allow,
            "prefer" => SslMode.Prefer,
            "require" or "True" => SslMode.Require,
            "verify-ca" => SslMode.VerifyCA,
            "verify-full" => SslMode.VerifyFull,
            _ => throw new FormatException($"the sslmode '{value}' is none of libpq's"),
        };

    static int Number(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"the parameter '{name}' is not a whole number");
}
