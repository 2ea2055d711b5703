using System.Collections;

namespace Stackmeta;

/// <summary>
/// What the half that serves guests has of the environment: what this program and its runtime read. The rest may hold root's secrets, and
/// a guest that gets hold of that half has whatever it has.
/// </summary>
static class ServingEnvironment
{
    static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "PATH",
        "LANG",
        "TZ",
        // Whether stderr is the journal (systemd.exec(5)).
        "JOURNAL_STREAM",
        // Authorities of TLS servers (openssl-env(7)).
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        // Those of libpq's that Npgsql reads too (its documentation, "Environment variables"), for an inventory on PostgreSQL.
        "PGUSER",
        "PGPASSWORD",
        "PGPASSFILE",
        "PGSSLCERT",
        "PGSSLKEY",
        "PGSSLROOTCERT",
        "PGSSLNEGOTIATION",
        "PGCLIENTENCODING",
        "PGTZ",
        "PGOPTIONS",
        "PGTARGETSESSIONATTRS",
    };

    /// <summary>Settings; the runtime's; the collector's (OpenTelemetry's specification).</summary>
    static readonly string[] Prefixes = [Setting.Prefix, "LC_", "DOTNET_", "OTEL_"];

    public static Dictionary<string, string> Of(IDictionary environment) =>
        environment
            .Cast<DictionaryEntry>()
            .Select(static variable => (Name: (string)variable.Key, Text: variable.Value as string ?? ""))
            .Where(static variable => IsNeeded(variable.Name))
            .ToDictionary(static variable => variable.Name, static variable => variable.Text, StringComparer.Ordinal);

    static bool IsNeeded(string name) =>
        Names.Contains(name)
        || Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
        || IsOfOslo(name);

    /// <summary>
    /// An option of Neutron's or Nova's, as oslo.config reads it; not what OpenStack's clients read, as <c>OS_PASSWORD</c>.
    /// </summary>
    static bool IsOfOslo(string name) =>
        name.StartsWith("OS_", StringComparison.Ordinal) && name.Contains("__", StringComparison.Ordinal);
}
