using System.Collections.Immutable;

namespace Stackmeta.OpenStack;

/// <summary>Everything that neutron.conf and metadata_agent.ini say to the metadata agent, checked as a whole.</summary>
public sealed record AgentConfiguration
{
    /// <summary>Path of the unix socket.</summary>
    public string Socket { get; init; } = "";

    /// <summary><c>deduce</c>, <c>user</c>, <c>group</c> or <c>all</c>.</summary>
    public string SocketMode { get; init; } = "deduce";

    /// <summary>User of the proxies in front; empty for the agent's own. Decides what <c>deduce</c> means.</summary>
    public string ProxyUser { get; init; } = "";

    /// <summary>Group of the proxies in front; empty for the agent's own.</summary>
    public string ProxyGroup { get; init; } = "";

    public int Backlog { get; init; } = 4096;

    /// <summary>Where Nova's metadata API is.</summary>
    public required Uri NovaUrl { get; init; }

    public TlsOptions NovaTls { get; init; } = new();

    /// <summary>Key of the signatures; a secret, perhaps empty.</summary>
    public string SharedSecret { get; init; } = "";

    /// <summary>neutron.conf's database, where this host's files name one that can be used; null otherwise.</summary>
    public DatabaseUrl? Database { get; init; }

    /// <summary>
    /// Why the database that the files name cannot be used; null when it can, or none is named. It does not stop an agent that asks
    /// elsewhere.
    /// </summary>
    public string? DatabaseProblem { get; init; }

    public DatabasePool DatabasePool { get; init; } = new();

    /// <summary>
    /// Who this agent is towards Neutron's REST API: the service user of <c>[keystone_authtoken]</c>, since the real agent, which uses RPC,
    /// has no options of its own for that; null when it is not set.
    /// </summary>
    public KeystoneOptions? Credentials { get; init; }

    public NeutronOptions Neutron { get; init; } = new();

    /// <summary>What becomes of each assignment in the files.</summary>
    public ImmutableArray<OptionFinding> Report { get; init; } = [];

    /// <summary>Reads files and folders in the order of the command line.</summary>
    /// <exception cref="ConfigurationException">A file or values in it cannot be used; all that is wrong is listed.</exception>
    public static AgentConfiguration Read(IEnumerable<string> paths, Func<string, string?>? environment = null) =>
        Read(OsloConfiguration.Read(paths, environment));

    /// <summary>What becomes of each assignment, also in files that cannot be used.</summary>
    public static ImmutableArray<OptionFinding> Check(OsloConfiguration files)
    {
        var reader = new OptionReader(files, AgentOptions.All);
        return
        [
            .. ConfigurationReport
                .Of(files, AgentOptions.All)
                .Select(finding =>
                    HasNoEffect(finding, reader) is { } why
                        ? finding with
                        {
                            Verdict = OptionVerdict.Irrelevant,
                            Reason = why,
                        }
                        : finding
                ),
        ];
    }

    /// <summary>Why an assignment has no effect that has one by itself; null when it has.</summary>
    static string? HasNoEffect(OptionFinding finding, OptionReader reader)
    {
        bool IsHalf(OptionDefinition option, OptionDefinition other) =>
            (finding.Group, finding.Name) == (option.Group, option.Name) && string.IsNullOrEmpty(reader.Text(other));

        return finding switch
        {
            // The real agent reads no database at all.
            { Group: "database", Verdict: OptionVerdict.NotSupported } =>
                $"ports are not looked up there: {finding.Reason}",
            _ when IsHalf(AgentOptions.ClientCertificate, AgentOptions.ClientKey) =>
                "no certificate is shown without nova_client_priv_key",
            _ when IsHalf(AgentOptions.ClientKey, AgentOptions.ClientCertificate) =>
                "no certificate is shown without nova_client_cert",
            _ => null,
        };
    }

    /// <inheritdoc cref="Read(IEnumerable{string}, Func{string, string?}?)"/>
    public static AgentConfiguration Read(OsloConfiguration files)
    {
        var reader = new OptionReader(files, AgentOptions.All);
        var host = (reader.Text(AgentOptions.NovaHost) ?? "127.0.0.1").Trim('[', ']');
        var url =
            $"{reader.Text(AgentOptions.NovaProtocol)}://{(host.Contains(':') ? $"[{host}]" : host)}:{reader.Integer(AgentOptions.NovaPort)}/";
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown || !Uri.TryCreate(url, UriKind.Absolute, out var nova))
        {
            nova = null;
            reader.Complain(AgentOptions.NovaHost, "is no host");
        }
        if (reader.Text(AgentOptions.Socket) is "")
        {
            reader.Complain(AgentOptions.Socket, "is no path");
        }
        // The real agent reads no database option, and packages put a URL there that nobody uses: what is wrong with it is the report's
        // matter.
        var database = new OptionReader(files, AgentOptions.All);
        var configuration = new AgentConfiguration
        {
            Socket = reader.Text(AgentOptions.Socket) ?? "",
            SocketMode = reader.Text(AgentOptions.SocketMode) ?? "deduce",
            ProxyUser = reader.Text(AgentOptions.ProxyUser) ?? "",
            ProxyGroup = reader.Text(AgentOptions.ProxyGroup) ?? "",
            Backlog = reader.Integer(AgentOptions.Backlog) ?? 4096,
            NovaUrl = nova!,
            NovaTls = ReadTls(reader),
            SharedSecret = reader.Text(AgentOptions.SharedSecret) ?? "",
            Database = AgentOptions.Database.ReadUrl(database, out _),
            DatabaseProblem = database.Problems.Count > 0 ? database.Problems[0] : null,
            DatabasePool = AgentOptions.Database.ReadPool(database),
            Credentials = AgentOptions.AuthToken.ReadCredentials(reader),
            Neutron = AgentOptions.AuthToken.ReadAdapter(reader),
            Report = Check(files),
        };
        return reader.Problems.Count == 0 ? configuration : throw ConfigurationException.Of(reader.Problems);
    }

    /// <summary>Nothing of it: it holds secrets.</summary>
    public override string ToString() => nameof(AgentConfiguration);

    // As the real agent: a certificate is shown only when both files are named.
    static TlsOptions ReadTls(OptionReader reader)
    {
        string? Path(OptionDefinition option) => reader.Text(option) is { Length: > 0 } path ? path : null;
        var (certificate, key) = (Path(AgentOptions.ClientCertificate), Path(AgentOptions.ClientKey));
        return new()
        {
            AuthorityFile = Path(AgentOptions.NovaAuthorities),
            CertificateFile = certificate is null || key is null ? null : certificate,
            KeyFile = certificate is null || key is null ? null : key,
            IsInsecure = reader.Boolean(AgentOptions.NovaInsecure),
        };
    }
}
