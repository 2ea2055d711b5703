using System.Collections.Immutable;

namespace Stackmeta.OpenStack;

/// <summary>The options of neutron.conf and metadata_agent.ini that the metadata agent reads (spec/neutron-metadata.md §5).</summary>
static class AgentOptions
{
    public static readonly OptionDefinition StatePath = Default("state_path") with { Default = "/var/lib/neutron" };

    public static readonly OptionDefinition Socket = Default("metadata_proxy_socket") with
    {
        Default = "$state_path/metadata_proxy",
    };

    public static readonly OptionDefinition SocketMode = Default("metadata_proxy_socket_mode") with
    {
        Default = "deduce",
        Choices = ["deduce", "user", "group", "all"],
    };

    public static readonly OptionDefinition ProxyUser = Default("metadata_proxy_user") with { Default = "" };
    public static readonly OptionDefinition ProxyGroup = Default("metadata_proxy_group") with { Default = "" };

    public static readonly OptionDefinition Backlog = Default("metadata_backlog", OptionKind.Integer) with
    {
        Default = "4096",
        Minimum = 1,
    };

    public static readonly OptionDefinition NovaHost = Default("nova_metadata_host") with
    {
        Default = "127.0.0.1",
        DeprecatedNames = [("DEFAULT", "nova_metadata_ip")],
    };

    public static readonly OptionDefinition NovaPort = Default("nova_metadata_port", OptionKind.Integer) with
    {
        Default = "8775",
        Minimum = 0,
        Maximum = 65535,
    };

    public static readonly OptionDefinition NovaProtocol = Default("nova_metadata_protocol") with
    {
        Default = "http",
        Choices = ["http", "https"],
    };

    public static readonly OptionDefinition NovaInsecure = Default("nova_metadata_insecure", OptionKind.Boolean) with
    {
        Default = "false",
    };

    public static readonly OptionDefinition NovaAuthorities = Default("auth_ca_cert");
    public static readonly OptionDefinition ClientCertificate = Default("nova_client_cert") with { Default = "" };
    public static readonly OptionDefinition ClientKey = Default("nova_client_priv_key") with { Default = "" };

    public static readonly OptionDefinition SharedSecret = Default("metadata_proxy_shared_secret") with
    {
        Default = "",
        IsSecret = true,
    };

    public static readonly DatabaseTable Database = new("database");
    public static readonly KeystoneAuthTable AuthToken = new("keystone_authtoken");

    /// <summary>All that is known, for the report and for substitution.</summary>
    public static readonly ImmutableArray<OptionDefinition> All =
    [
        StatePath,
        Socket,
        SocketMode,
        ProxyUser,
        ProxyGroup,
        Backlog,
        NovaHost,
        NovaPort,
        NovaProtocol,
        NovaInsecure,
        NovaAuthorities,
        ClientCertificate,
        ClientKey,
        SharedSecret,
        .. Database.All,
        .. AuthToken.All,
        Irrelevant("DEFAULT", "metadata_workers", "one process answers all requests"),
        Irrelevant("DEFAULT", "rpc_response_timeout", "Neutron is asked by REST or in its database, not by RPC"),
        Irrelevant("DEFAULT", "rpc_response_max_timeout", "Neutron is asked by REST or in its database, not by RPC"),
        Irrelevant("DEFAULT", "transport_url", "Neutron is asked by REST or in its database, not by RPC"),
        Irrelevant(
            "agent",
            "report_interval",
            "no heartbeat is sent: the agent does not appear in the list of network agents"
        ),
        Irrelevant("agent", "log_agent_heartbeats", "no heartbeat is sent"),
        Irrelevant("DEFAULT", "agent_down_time", "no heartbeat is sent"),
        Irrelevant("cache", "enabled", "answers are kept in this process"),
        Irrelevant("cache", "backend", "answers are kept in this process"),
        Irrelevant("cache", "expiration_time", "answers are kept in this process"),
        NotSupported("DEFAULT", "config_source", "settings are read from files and the environment only"),
    ];

    static OptionDefinition Default(string name, OptionKind kind = OptionKind.Text) => new("DEFAULT", name, kind);

    static OptionDefinition Irrelevant(string group, string name, string reason) =>
        new(group, name) { Verdict = OptionVerdict.Irrelevant, Reason = reason };

    static OptionDefinition NotSupported(string group, string name, string reason) =>
        new(group, name) { Verdict = OptionVerdict.NotSupported, Reason = reason };
}
