using System.Globalization;
using MySqlConnector;

namespace Stackmeta.OpenStack;

/// <summary>What PyMySQL's and MySQLdb's URL parameters mean to MySqlConnector. One that cannot be honoured is refused by name.</summary>
static class MySqlSettings
{
    /// <exception cref="FormatException">A parameter or combination is not understood.</exception>
    public static string ConnectionString(DatabaseUrl url, DatabasePool pool)
    {
        var settings = new MySqlConnectionStringBuilder
        {
            UserID = url.Username ?? "",
            Password = url.Password ?? "",
            Database = url.Database,
            MaximumPoolSize = (uint)pool.MaximumConnections,
            ConnectionLifeTime = (uint)pool.ConnectionLifetime.TotalSeconds,
            ConnectionTimeout = (uint)Math.Max(1, pool.ConnectTimeout.TotalSeconds),
            // No session state is set that would have to be reset, and a reset costs a round trip.
            ConnectionReset = false,
            // Several hosts: the first that answers.
            LoadBalance = MySqlLoadBalance.FailOver,
            // What the Python drivers do unasked when the server wants a hashed password over a plain connection.
            AllowPublicKeyRetrieval = true,
            // Rows are counted as found, not as changed: an update to the value that is there counts.
            UseAffectedRows = false,
            DateTimeKind = MySqlDateTimeKind.Utc,
            ApplicationName = "stackmeta",
        };
        Locate(settings, url);
        var tls = new TlsParameters();
        foreach (var (name, value) in url.Parameters)
        {
            Apply(settings, tls, name, value);
        }
        settings.SslMode = tls.Mode;
        return settings.ConnectionString;
    }

    static void Locate(MySqlConnectionStringBuilder settings, DatabaseUrl url)
    {
        settings.Server = url.Hosts.IsEmpty ? "localhost" : string.Join(',', url.Hosts.Select(host => host.Name));
        var ports = url.Hosts.Select(host => host.Port ?? 3306).Distinct().ToArray();
        if (ports.Length > 1)
        {
            throw new FormatException("several MySQL hosts must have the same port");
        }
        settings.Port = (uint)(ports is [var port] ? port : 3306);
    }

    static void Apply(MySqlConnectionStringBuilder settings, TlsParameters tls, string name, string value)
    {
        switch (name)
        {
            case "unix_socket":
                settings.Server = value;
                settings.ConnectionProtocol = MySqlConnectionProtocol.UnixSocket;
                break;
            case "connect_timeout":
                settings.ConnectionTimeout = Number(name, value);
                break;
            case "read_timeout" or "write_timeout":
                settings.DefaultCommandTimeout = Number(name, value);
                break;
            case "compress":
                settings.UseCompression = Truth(name, value);
                break;
            case "ssl_ca" or "ssl-ca":
                settings.SslCa = value;
                tls.HasAuthority = true;
                break;
            case "ssl_cert" or "ssl-cert":
                settings.SslCert = value;
                tls.IsWanted = true;
                break;
            case "ssl_key" or "ssl-key":
                settings.SslKey = value;
                tls.IsWanted = true;
                break;
            case "ssl" or "ssl_enabled":
                tls.IsWanted = Truth(name, value);
                break;
            case "ssl_check_hostname" or "ssl_verify_identity":
                tls.ChecksName = Truth(name, value);
                break;
            case "ssl_verify_cert":
                tls.ChecksCertificate = Truth(name, value);
                break;
            case "ssl_disabled":
                tls.IsDisabled = Truth(name, value);
                break;
            // The server converts to the connection's own character set, which is always UTF-8.
            case "charset" or "collation" or "use_unicode" or "binary_prefix":
            // Without effect on what is read and written here.
            case "local_infile" or "program_name" or "autocommit" or "sql_mode" or "plugin" or "buffered":
                break;
            default:
                // read_default_file, ssl_capath, ssl_cipher, init_command, client_flag, …: each would change who is
                // asked, as whom, or how safely, and is not passed over in silence.
                throw new FormatException($"the parameter '{name}' is not supported for MySQL");
        }
    }

    static uint Number(string name, string value) =>
        uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"the parameter '{name}' is not a whole number");

    static bool Truth(string name, string value) =>
        value.ToLowerInvariant() switch
        {
            "true" or "yes" or "on" or "y" or "t" or "1" => true,
            "false" or "no" or "off" or "n" or "f" or "0" => false,
            _ => throw new FormatException($"the parameter '{name}' is neither true nor false"),
        };

    /// <summary>PyMySQL checks certificate and name once an authority is named, and nothing without one.</summary>
    sealed class TlsParameters
    {
        public bool HasAuthority { get; set; }
        public bool IsWanted { get; set; }
        public bool IsDisabled { get; set; }
        public bool ChecksName { get; set; } = true;
        public bool ChecksCertificate { get; set; } = true;

        public MySqlSslMode Mode =>
            IsDisabled ? MySqlSslMode.None
            : HasAuthority && ChecksCertificate ? (ChecksName ? MySqlSslMode.VerifyFull : MySqlSslMode.VerifyCA)
            : HasAuthority || IsWanted ? MySqlSslMode.Required
            : MySqlSslMode.Preferred;
    }
}
