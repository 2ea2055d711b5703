using System.Collections.Immutable;
using Stackmeta.Documents;

namespace Stackmeta.OpenStack;

/// <summary>The options of nova.conf that the metadata service reads (spec/nova-metadata.md §8.2).</summary>
static class NovaOptions
{
    // The template that Nova's packages bring; its output is built in, any other would need Jinja.
    const string PackagedTemplate = "interfaces.template";

    public static readonly OptionDefinition CacheExpiration = Api("metadata_cache_expiration", OptionKind.Integer) with
    {
        Default = "15",
        Minimum = 0,
    };

    public static readonly OptionDefinition LocalMetadataPerCell = Api(
        "local_metadata_per_cell",
        OptionKind.Boolean
    ) with
    {
        Default = "false",
    };

    public static readonly OptionDefinition DhcpDomain = Api("dhcp_domain") with { Default = "novalocal" };

    public static readonly OptionDefinition VendorDataProviders = Api("vendordata_providers", OptionKind.List) with
    {
        Default = "StaticJSON",
        Choices = ["StaticJSON", "DynamicJSON"],
    };

    public static readonly OptionDefinition VendorDataFile = Api("vendordata_jsonfile_path");

    public static readonly OptionDefinition VendorDataTargets = Api("vendordata_dynamic_targets", OptionKind.List);

    public static readonly OptionDefinition VendorDataAuthorities = Api("vendordata_dynamic_ssl_certfile");

    public static readonly OptionDefinition VendorDataConnectTimeout = Api(
        "vendordata_dynamic_connect_timeout",
        OptionKind.Integer
    ) with
    {
        Default = "5",
        Minimum = 3,
    };

    public static readonly OptionDefinition VendorDataReadTimeout = Api(
        "vendordata_dynamic_read_timeout",
        OptionKind.Integer
    ) with
    {
        Default = "5",
        Minimum = 0,
    };

    public static readonly OptionDefinition VendorDataFailureFatal = Api(
        "vendordata_dynamic_failure_fatal",
        OptionKind.Boolean
    ) with
    {
        Default = "false",
    };

    public static readonly OptionDefinition UseForwardedFor = Api("use_forwarded_for", OptionKind.Boolean) with
    {
        Default = "false",
    };

    public static readonly OptionDefinition ServiceMetadataProxy = new(
        "neutron",
        "service_metadata_proxy",
        OptionKind.Boolean
    )
    {
        Default = "false",
    };

    public static readonly OptionDefinition SharedSecret = new("neutron", "metadata_proxy_shared_secret")
    {
        Default = "",
        IsSecret = true,
    };

    public static readonly OptionDefinition HttpRetries = new("neutron", "http_retries", OptionKind.Integer)
    {
        Default = "3",
        Minimum = 0,
    };

    public static readonly OptionDefinition InjectedTemplate = new("DEFAULT", "injected_network_template")
    {
        Default = PackagedTemplate,
        Unsupported = value =>
            value.Length == 0 || Path.GetFileName(value) == PackagedTemplate
                ? null
                : "only the template of Nova's packages is known here, or none",
    };

    /// <summary>Between spaces, not commas.</summary>
    public static readonly OptionDefinition DriveSkippedVersions = Api("config_drive_skip_versions") with
    {
        Default = ConfigDriveContent.DefaultSkippedVersions,
        Reason = "'stackmeta config-drive build' leaves these EC2 versions out",
    };

    public static readonly OptionDefinition DriveFormat = new("DEFAULT", "config_drive_format")
    {
        Default = "iso9660",
        Choices = ["iso9660", "vfat"],
        Reason = "'stackmeta config-drive build' writes this format unless it is told another",
    };

    public static readonly OptionDefinition ParseProxyHeaders = new(
        "oslo_middleware",
        "enable_proxy_headers_parsing",
        OptionKind.Boolean
    )
    {
        Default = "false",
    };

    public static readonly OptionDefinition Listen = new("DEFAULT", "metadata_listen") { Default = "0.0.0.0" };

    public static readonly OptionDefinition ListenPort = new("DEFAULT", "metadata_listen_port", OptionKind.Integer)
    {
        Default = "8775",
        Minimum = 0,
        Maximum = 65535,
    };

    public static readonly OptionDefinition EnabledSslApis = new("DEFAULT", "enabled_ssl_apis", OptionKind.List);

    public static readonly OptionDefinition SslCertificate = new("wsgi", "ssl_cert_file")
    {
        DeprecatedNames = [("DEFAULT", "ssl_cert_file")],
    };

    public static readonly OptionDefinition SslKey = new("wsgi", "ssl_key_file")
    {
        DeprecatedNames = [("DEFAULT", "ssl_key_file")],
    };

    public static readonly OptionDefinition SslAuthorities = new("wsgi", "ssl_ca_file")
    {
        DeprecatedNames = [("DEFAULT", "ssl_ca_file")],
    };

    /// <summary>Of the server that Nova's own program brings.</summary>
    static readonly string[] WebServer =
    [
        "wsgi_log_format",
        "default_pool_size",
        "max_header_line",
        "keep_alive",
        "client_socket_timeout",
        "tcp_keepidle",
    ];

    public static readonly DatabaseTable Database = new("database");
    public static readonly DatabaseTable ApiDatabase = new("api_database");
    public static readonly KeystoneAuthTable Neutron = new("neutron");
    public static readonly KeystoneAuthTable VendorDataAuth = new("vendordata_dynamic_auth");

    /// <summary>All that is known, for the report and for substitution.</summary>
    public static readonly ImmutableArray<OptionDefinition> All =
    [
        CacheExpiration,
        LocalMetadataPerCell,
        DhcpDomain,
        VendorDataProviders,
        VendorDataFile,
        VendorDataTargets,
        VendorDataAuthorities,
        VendorDataConnectTimeout,
        VendorDataReadTimeout,
        VendorDataFailureFatal,
        UseForwardedFor,
        ServiceMetadataProxy,
        SharedSecret,
        HttpRetries,
        InjectedTemplate,
        DriveSkippedVersions,
        DriveFormat,
        ParseProxyHeaders,
        Listen,
        ListenPort,
        EnabledSslApis,
        SslCertificate,
        SslKey,
        SslAuthorities,
        .. Database.All,
        .. ApiDatabase.All,
        .. Neutron.All,
        .. VendorDataAuth.All,
        Irrelevant("DEFAULT", "mkisofs_cmd", "drives are written without a program of another maker"),
        Irrelevant("DEFAULT", "force_config_drive", "it says when nova-compute makes a drive, not what is on it"),
        Irrelevant("database", "slave_connection", "Nova's metadata service does not use it either"),
        Irrelevant("DEFAULT", "metadata_workers", "one process answers all requests"),
        Irrelevant("DEFAULT", "flat_injected", "it counts when the network info is written, not when it is read"),
        Irrelevant("cache", "enabled", "records are kept in this process"),
        Irrelevant("cache", "backend", "records are kept in this process"),
        Irrelevant("cache", "memcache_servers", "records are kept in this process"),
        Irrelevant("DEFAULT", "enabled_apis", "'stackmeta api' is the metadata service and no other"),
        Irrelevant("wsgi", "api_paste_config", "the pipeline is built in"),
        .. WebServer.Select(name => Irrelevant("wsgi", name, "the web server is built in and has bounds of its own")),
        Irrelevant("wsgi", "secure_proxy_ssl_header", "no answer tells the scheme of the request"),
        Irrelevant("cors", "allowed_origin", "no browser asks for metadata"),
        NotSupported("DEFAULT", "config_source", "settings are read from files and the environment only"),
        NotSupported("database", "backend", "databases are asked directly"),
        // Only so that others can refer to it.
        new("DEFAULT", "state_path")
        {
            Default = "/var/lib/nova",
            Verdict = OptionVerdict.Irrelevant,
            Reason = "it counts where another option refers to it",
        },
    ];

    static OptionDefinition Api(string name, OptionKind kind = OptionKind.Text) =>
        new("api", name, kind) { DeprecatedNames = [("DEFAULT", name)] };

    static OptionDefinition Irrelevant(string group, string name, string reason) =>
        new(group, name) { Verdict = OptionVerdict.Irrelevant, Reason = reason };

    static OptionDefinition NotSupported(string group, string name, string reason) =>
        new(group, name) { Verdict = OptionVerdict.NotSupported, Reason = reason };
}
