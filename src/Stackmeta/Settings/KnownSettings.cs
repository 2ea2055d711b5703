using System.Net;
using Microsoft.Extensions.Logging;
using Stackmeta.Agent;
using Stackmeta.Api;
using Stackmeta.Core.Caching;
using Stackmeta.Documents;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>
/// Every setting that the program has. The reference in docs/settings.md, the checks at start and the environment's names derive from it.
/// </summary>
public static class KnownSettings
{
    public static Setting<string> Data { get; } =
        new(
            "data",
            SettingKinds.Path,
            "",
            "The folder that holds the inventory, the shared secret and the run-time state; /var/lib/stackmeta for root, else ~/.local/share/stackmeta."
        );

    public static Setting<string> SharedSecretFile { get; } =
        new(
            "shared_secret_file",
            SettingKinds.Path,
            "",
            "The file with the secret that the agent signs with and the API checks with (metadata_proxy_shared_secret); 'secret' in the data folder, made at the first start."
        )
        {
            IsLive = true,
        };

    /// <summary>Empty for the file in the data folder.</summary>
    public static Setting<string> InventoryUrl { get; } =
        new(
            "inventory.url",
            SettingKinds.InventoryUrl,
            "",
            "The PostgreSQL database that holds the inventory, shared by all hosts that name it; empty for a file in the data folder."
        );

    public static Setting<string> InventoryPasswordFile { get; } =
        new(
            "inventory.password_file",
            SettingKinds.Path,
            "",
            "The file with the password for that database; empty for the URL's own, or that of ~/.pgpass."
        )
        {
            EmptyMeans = "the URL's own, or that of ~/.pgpass",
        };

    public static Setting<long> InventoryConnections { get; } =
        new(
            "inventory.connections",
            SettingKinds.Number(1, 1000),
            $"{PostgresInventoryOptions.DefaultMaximumConnections}",
            "The most connections of this process to each server of that database; one more listens for changes."
        );

    /// <summary>Empty for all networks.</summary>
    public static Setting<string> Host { get; } =
        new(
            "host",
            SettingKinds.Text,
            "",
            "The name of this host: of a shared inventory it provides the networks that have a guest's port on it (host_id) or one that names no host; empty provides all networks."
        )
        {
            EmptyMeans = "provides all networks",
        };

    public static Setting<string> DhcpDomain { get; } =
        new(
            "dhcp_domain",
            SettingKinds.Text,
            DocumentOptions.DefaultDhcpDomain,
            "Appended to host names after a dot; empty for none."
        )
        {
            EmptyMeans = "none",
            IsLive = true,
        };

    public static Setting<Compatibility> Compatibility { get; } =
        new(
            "compatibility",
            SettingKinds.Choice(
                ("zed", Documents.Compatibility.Zed),
                ("antelope", Documents.Compatibility.Antelope),
                ("epoxy", Documents.Compatibility.Epoxy),
                ("latest", Documents.Compatibility.Latest)
            ),
            "latest",
            "The OpenStack release whose answers are given."
        )
        {
            IsLive = true,
        };

    public static Setting<IReadOnlyList<IPEndPoint>> ApiListen { get; } =
        new(
            "api.listen",
            SettingKinds.List(SettingKinds.Endpoint),
            ApiServerOptions.DefaultAddress,
            "Where the metadata API listens."
        )
        {
            EmptyMeans = "nowhere",
        };

    /// <summary>Empty for none.</summary>
    public static Setting<string> ApiNeutronConfigFile { get; } =
        new(
            "api.neutron_config_file",
            SettingKinds.Path,
            "",
            "neutron.conf or its like, whose database ([database] connection) 'stackmeta api --config-file nova.conf' reads security groups' names from, and asks Neutron's REST API only while it cannot; empty asks the REST API, as Nova does."
        )
        {
            EmptyMeans = "Neutron's REST API is asked",
        };

    public static Setting<TimeSpan> ApiCacheSeconds { get; } =
        new(
            "api.cache_seconds",
            SettingKinds.Seconds(0, 3600),
            $"{AnswerCacheOptions.DefaultExpirationSeconds}",
            "How long an instance's record is kept; 0 keeps none."
        );

    public static Setting<long> ApiCacheBytes { get; } =
        new(
            "api.cache_bytes",
            SettingKinds.Number(0, 1L << 40),
            $"{AnswerCacheOptions.DefaultMaxBytes}",
            "How much memory the kept records may take, in bytes."
        );

    public static Setting<string> VendorDataFile { get; } =
        new(
            "vendordata.file",
            SettingKinds.Path,
            "",
            "The JSON file that is served as vendor_data.json; empty serves {}."
        )
        {
            EmptyMeans = "{} is served",
            IsLive = true,
        };

    public static Setting<IReadOnlyList<string>> ConfigDriveSkipVersions { get; } =
        new(
            "config_drive.skip_versions",
            SettingKinds.List(
                SettingKinds.Choice([.. ConfigDriveContent.SkippableVersions.Select(version => (version, version))])
            ),
            ConfigDriveContent.DefaultSkippedVersions.Replace(" ", ", "),
            "The EC2 versions that config drives leave out; empty for none."
        )
        {
            EmptyMeans = "none",
        };

    public static Setting<string> AgentSocket { get; } =
        new(
            "agent.socket",
            SettingKinds.Path,
            "",
            "The unix socket on which the agent listens for the networks' proxies; 'metadata_proxy' in the data folder. Where edge and agent are one process ('stackmeta up' with edge.proxy=listeners) nobody needs it, and there is none unless this is set."
        );

    /// <summary>Null for the API of the same process.</summary>
    public static Setting<Uri?> AgentApi { get; } =
        new(
            "agent.api",
            SettingKinds.HttpAddress.Or("in-process"),
            $"http://{ApiServerOptions.DefaultAddress}",
            "The metadata API that the agent asks: another server, or in-process for one in the agent's own process, which needs neither a connection nor a signature; where nothing is set, 'stackmeta up' asks in-process."
        )
        {
            IsLive = true,
        };

    public static Setting<AgentSocketMode> AgentSocketMode { get; } =
        new(
            "agent.socket_mode",
            SettingKinds.Choice(
                ("user", Agent.AgentSocketMode.User),
                ("group", Agent.AgentSocketMode.Group),
                ("all", Agent.AgentSocketMode.All)
            ),
            "user",
            "Who may connect to the agent's socket, and so ask in any guest's name: its owner, its group too, or everybody on this host. With Neutron's files the default is their metadata_proxy_socket_mode."
        );

    public static Setting<string> AgentSocketOwner { get; } =
        new(
            "agent.socket_owner",
            SettingKinds.Text,
            "",
            "The user, by name or number, who shall own the agent's socket; empty leaves it to the agent's own, or gives it to haproxy's with edge.proxy=haproxy. Only root may give it away."
        )
        {
            EmptyMeans = "the agent's own user",
        };

    public static Setting<string> AgentSocketGroup { get; } =
        new(
            "agent.socket_group",
            SettingKinds.Text,
            "",
            "The group of the agent's socket, likewise: with agent.socket_mode=group, whose members may connect."
        )
        {
            EmptyMeans = "the agent's own group",
        };

    public static Setting<bool> AgentTakeOver { get; } =
        new(
            "agent.take_over",
            SettingKinds.Switch,
            "false",
            "Take the socket over from an agent that lives, which then ends what it has: for a change without an outage."
        );

    public static Setting<PortSource> AgentPorts { get; } =
        new(
            "agent.ports",
            SettingKinds.Choice(
                ("auto", PortSource.Auto),
                ("rest", PortSource.Rest),
                ("database", PortSource.Database)
            ),
            "auto",
            "Where 'stackmeta agent --config-file' looks ports up: Neutron's REST API ([keystone_authtoken]) or its database ([database]); auto is the API where the files name credentials for it, else the database."
        );

    public static Setting<EdgeProxy> EdgeProxy { get; } =
        new(
            "edge.proxy",
            SettingKinds.Choice(("listeners", Stackmeta.EdgeProxy.Listeners), ("haproxy", Stackmeta.EdgeProxy.Haproxy)),
            "listeners",
            "What answers in the networks' namespaces: listening sockets of this process, or a haproxy in each."
        );

    public static Setting<long> EdgeGuestConnections { get; } =
        new(
            "edge.guest_connections",
            SettingKinds.Number(0, 1_000_000),
            $"{GuestLimitOptions.DefaultMaxConnections}",
            "How many connections one guest may have open at a listener; 0 is no limit."
        )
        {
            IsLive = true,
        };

    public static Setting<bool> EdgeRateLimitEnabled { get; } =
        new(
            "edge.rate_limit_enabled",
            SettingKinds.Switch,
            "false",
            "Limit how often one guest may ask a listener, over IPv4 and IPv6 alike; the names of this and the next four are Neutron's ([metadata_rate_limiting])."
        )
        {
            IsLive = true,
        };

    public static Setting<long> EdgeBaseQueryRateLimit { get; } =
        new(
            "edge.base_query_rate_limit",
            SettingKinds.Number(1, 1_000_000),
            $"{GuestLimitOptions.DefaultQueryRateLimit}",
            "How many requests one guest may make in the base window."
        )
        {
            IsLive = true,
        };

    public static Setting<TimeSpan> EdgeBaseWindowDuration { get; } =
        new(
            "edge.base_window_duration",
            SettingKinds.Seconds(1, 3600),
            $"{GuestLimitOptions.DefaultWindowSeconds}",
            "How long the base window is."
        )
        {
            IsLive = true,
        };

    public static Setting<long> EdgeBurstQueryRateLimit { get; } =
        new(
            "edge.burst_query_rate_limit",
            SettingKinds.Number(1, 1_000_000),
            $"{GuestLimitOptions.DefaultQueryRateLimit}",
            "How many requests one guest may make in the burst window."
        )
        {
            IsLive = true,
        };

    public static Setting<TimeSpan> EdgeBurstWindowDuration { get; } =
        new(
            "edge.burst_window_duration",
            SettingKinds.Seconds(1, 3600),
            $"{GuestLimitOptions.DefaultWindowSeconds}",
            "How long the burst window is."
        )
        {
            IsLive = true,
        };

    public static Setting<IReadOnlyList<Guid>> EdgeWatchOnly { get; } =
        new(
            "edge.watch_only",
            SettingKinds.List(SettingKinds.Uuid),
            "",
            "With --watch: the networks and routers whose namespaces are served, by their ids; empty serves all."
        )
        {
            EmptyMeans = "all",
        };

    public static Setting<PacketFilter> EdgePacketFilter { get; } =
        new(
            "edge.packet_filter",
            SettingKinds.Choice(
                ("auto", PacketFilter.Auto),
                ("nftables", PacketFilter.Nftables),
                ("iptables", PacketFilter.Iptables)
            ),
            "auto",
            "What makes the packet rules of routers' namespaces; auto is nftables where the host has nft."
        );

    public static Setting<bool> EdgePortSecurity { get; } =
        new(
            "edge.port_security",
            SettingKinds.Switch,
            "true",
            "Hold each guest that 'stackmeta port attach' has put on a bridge to its port's MAC and fixed IPs, by rules of nft; for guests that route for others it must be off."
        );

    public static Setting<long> EdgeLinkLocalAddresses { get; } =
        new(
            "edge.link_local_addresses",
            SettingKinds.Number(0, 1024),
            $"{EdgeOptions.DefaultLinkLocalAddresses}",
            "How many link-local IPv6 addresses of its own choice such a guest may use within 5 minutes, besides the one that its MAC makes; packets from further ones are dropped, since each is an entry of the kernel's neighbour table (gc_thresh3), which all of the host shares."
        );

    /// <summary>Empty for the user of the process.</summary>
    public static Setting<string> EdgeUser { get; } =
        new(
            "edge.user",
            SettingKinds.Text,
            "",
            "The ordinary user who serves the guests, in a process of his own without any right, when 'stackmeta up' or 'stackmeta edge' is started as root; of 'stackmeta opener': who may ask it. Empty: one process does everything."
        )
        {
            EmptyMeans = "one process does everything",
        };

    /// <summary>Empty for this process.</summary>
    public static Setting<string> EdgeOpener { get; } =
        new(
            "edge.opener",
            SettingKinds.Path,
            "",
            "The unix socket of a 'stackmeta opener' from which the edge gets its listening sockets; empty: it opens them itself."
        )
        {
            EmptyMeans = "the edge opens its sockets itself",
        };

    public static Setting<bool> EdgeTakeOver { get; } =
        new(
            "edge.take_over",
            SettingKinds.Switch,
            "false",
            "Take the listening sockets over from an edge or opener that lives, which then ends what it has: for a change that no guest notices."
        );

    public static Setting<bool> EdgeKeepNetworks { get; } =
        new(
            "edge.keep_networks",
            SettingKinds.Switch,
            "false",
            "Leave bridges and namespaces with the guests attached to them as they are at a stop; the next start goes on with them."
        );

    public static Setting<string> EdgeDnsDomain { get; } =
        new(
            "edge.dns_domain",
            SettingKinds.Domain,
            "openstacklocal",
            "What dnsmasq appends to guests' names; empty for none."
        )
        {
            EmptyMeans = "none",
        };

    /// <summary>Empty for the usual place, <c>off</c> for none.</summary>
    public static Setting<string> AdminListen { get; } =
        new(
            "admin.listen",
            SettingKinds.Path,
            "",
            "The unix socket of health, metrics, refusals and the inventory over HTTP; 'run/admin.sock' in the data folder ('run/admin-api.sock' and so on for a hop alone), 'off' for none."
        );

    /// <summary>Null for none.</summary>
    public static Setting<Uri?> OtlpEndpoint { get; } =
        new(
            "otlp.endpoint",
            SettingKinds.CollectorAddress.Or("off"),
            "off",
            "The OpenTelemetry collector that traces and metrics are sent to; where nothing is set, OTEL_EXPORTER_OTLP_ENDPOINT of the environment."
        );

    public static Setting<LogLevel> LogLevel { get; } =
        new(
            "log.level",
            SettingKinds.Choice(
                ("debug", Microsoft.Extensions.Logging.LogLevel.Debug),
                ("info", Microsoft.Extensions.Logging.LogLevel.Information),
                ("warning", Microsoft.Extensions.Logging.LogLevel.Warning),
                ("error", Microsoft.Extensions.Logging.LogLevel.Error)
            ),
            "info",
            "From which weight on messages are logged."
        )
        {
            IsLive = true,
        };

    public static Setting<LogFormat> LogFormat { get; } =
        new(
            "log.format",
            SettingKinds.Choice(("text", Stackmeta.LogFormat.Text), ("json", Stackmeta.LogFormat.Json)),
            "text",
            "How messages are logged on stderr: lines for people and journald, or a JSON object a line."
        );

    /// <summary>All of them, in the order of the reference.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Data,
        SharedSecretFile,
        InventoryUrl,
        InventoryPasswordFile,
        InventoryConnections,
        Host,
        DhcpDomain,
        Compatibility,
        ApiListen,
        ApiNeutronConfigFile,
        ApiCacheSeconds,
        ApiCacheBytes,
        VendorDataFile,
        ConfigDriveSkipVersions,
        AgentSocket,
        AgentApi,
        AgentSocketMode,
        AgentSocketOwner,
        AgentSocketGroup,
        AgentTakeOver,
        AgentPorts,
        EdgeProxy,
        EdgeGuestConnections,
        EdgeRateLimitEnabled,
        EdgeBaseQueryRateLimit,
        EdgeBaseWindowDuration,
        EdgeBurstQueryRateLimit,
        EdgeBurstWindowDuration,
        EdgeWatchOnly,
        EdgePacketFilter,
        EdgePortSecurity,
        EdgeLinkLocalAddresses,
        EdgeUser,
        EdgeOpener,
        EdgeTakeOver,
        EdgeKeepNetworks,
        EdgeDnsDomain,
        AdminListen,
        OtlpEndpoint,
        LogLevel,
        LogFormat,
    ];
}
