using System.Collections.Immutable;

namespace Stackmeta.OpenStack;

/// <summary>Everything that nova.conf says to the metadata service, checked as a whole.</summary>
public sealed record NovaConfiguration
{
    public required NovaDatabaseOptions Databases { get; init; }

    /// <summary>How long a record is kept; zero for not at all.</summary>
    public TimeSpan CacheExpiration { get; init; }

    /// <summary>Empty for none.</summary>
    public string DhcpDomain { get; init; } = "";

    /// <summary>Whether agents and providers may ask for others; else each caller is known by its own address.</summary>
    public bool ServiceMetadataProxy { get; init; }

    /// <summary>Key of the agents' signatures; a secret, perhaps empty.</summary>
    public string SharedSecret { get; init; } = "";

    /// <summary>Whether X-Forwarded-For stands for the caller's own address (Zed and older).</summary>
    public bool UseForwardedFor { get; init; }

    /// <summary>Whether Forwarded and X-Forwarded-For stand for the caller's own address.</summary>
    public bool ParseProxyHeaders { get; init; }

    /// <summary>Whether a network template is shown for networks with <c>flat_injected</c>.</summary>
    public bool InjectsNetworkTemplate { get; init; }

    public required NovaVendorDataOptions VendorData { get; init; }

    /// <summary>EC2 versions that config drives leave out.</summary>
    public ImmutableArray<string> DriveSkippedVersions { get; init; } = [];

    /// <summary><c>iso9660</c> or <c>vfat</c>.</summary>
    public string DriveFormat { get; init; } = "iso9660";

    /// <summary>Null when <c>[neutron]</c> names no credentials: then Neutron cannot be asked for anything.</summary>
    public KeystoneOptions? NeutronCredentials { get; init; }

    public required NeutronOptions Neutron { get; init; }

    public required NovaListenOptions Listen { get; init; }

    /// <summary>What becomes of each assignment in the files.</summary>
    public ImmutableArray<OptionFinding> Report { get; init; } = [];

    /// <summary>Reads files and folders in the order of the command line.</summary>
    /// <exception cref="ConfigurationException">A file or values in it cannot be used; all that is wrong is listed.</exception>
    public static NovaConfiguration Read(IEnumerable<string> paths, Func<string, string?>? environment = null) =>
        Read(OsloConfiguration.Read(paths, environment));

    /// <summary>What becomes of each assignment, also in files that cannot be used.</summary>
    public static ImmutableArray<OptionFinding> Check(OsloConfiguration files) =>
        ConfigurationReport.Of(files, NovaOptions.All);

    /// <inheritdoc cref="Read(IEnumerable{string}, Func{string, string?}?)"/>
    public static NovaConfiguration Read(OsloConfiguration files)
    {
        var reader = new OptionReader(files, NovaOptions.All);
        var configuration = new NovaConfiguration
        {
            Databases = ReadDatabases(reader),
            CacheExpiration = TimeSpan.FromSeconds(reader.Integer(NovaOptions.CacheExpiration) ?? 15),
            DhcpDomain = reader.Text(NovaOptions.DhcpDomain) ?? "",
            ServiceMetadataProxy = reader.Boolean(NovaOptions.ServiceMetadataProxy),
            SharedSecret = reader.Text(NovaOptions.SharedSecret) ?? "",
            UseForwardedFor = reader.Boolean(NovaOptions.UseForwardedFor),
            ParseProxyHeaders = reader.Boolean(NovaOptions.ParseProxyHeaders),
            InjectsNetworkTemplate = reader.Text(NovaOptions.InjectedTemplate) is { Length: > 0 },
            VendorData = ReadVendorData(reader),
            DriveSkippedVersions = [.. (reader.Text(NovaOptions.DriveSkippedVersions) ?? "").Split(' ')],
            DriveFormat = reader.Text(NovaOptions.DriveFormat) ?? "iso9660",
            NeutronCredentials = NovaOptions.Neutron.ReadCredentials(reader),
            Neutron = NovaOptions.Neutron.ReadAdapter(reader) with
            {
                Retries = reader.Integer(NovaOptions.HttpRetries) ?? 3,
            },
            Listen = ReadListen(reader),
            Report = Check(files),
        };
        return reader.Problems.Count == 0 ? configuration : throw ConfigurationException.Of(reader.Problems);
    }

    /// <summary>Nothing of it: it holds secrets.</summary>
    public override string ToString() => nameof(NovaConfiguration);

    static NovaDatabaseOptions ReadDatabases(OptionReader reader)
    {
        var perCell = reader.Boolean(NovaOptions.LocalMetadataPerCell);
        var api = NovaOptions.ApiDatabase.ReadUrl(reader, out var apiText);
        var cell = NovaOptions.Database.ReadUrl(reader, out var cellText);
        if (perCell && cellText is null)
        {
            reader.Complain(NovaOptions.Database.Connection, "is needed where local_metadata_per_cell is set");
        }
        if (!perCell && apiText is null)
        {
            reader.Complain(NovaOptions.ApiDatabase.Connection, "is needed to find the cells of instances");
        }
        return new()
        {
            ApiDatabase = api,
            CellDatabase = cell,
            CellDatabaseText = cellText,
            ConnectionParameters = NovaOptions.Database.ReadParameters(reader),
            ApiPool = NovaOptions.ApiDatabase.ReadPool(reader),
            CellPool = NovaOptions.Database.ReadPool(reader),
            LocalMetadataPerCell = perCell,
        };
    }

    static NovaVendorDataOptions ReadVendorData(OptionReader reader) =>
        new()
        {
            Providers = reader.List(NovaOptions.VendorDataProviders),
            StaticFile = reader.Text(NovaOptions.VendorDataFile) is { Length: > 0 } file ? file : null,
            DynamicTargets = reader.List(NovaOptions.VendorDataTargets),
            AuthorityFile = reader.Text(NovaOptions.VendorDataAuthorities) is { Length: > 0 } authorities
                ? authorities
                : null,
            ConnectTimeout = TimeSpan.FromSeconds(reader.Integer(NovaOptions.VendorDataConnectTimeout) ?? 5),
            ReadTimeout = TimeSpan.FromSeconds(reader.Integer(NovaOptions.VendorDataReadTimeout) ?? 5),
            FailureIsFatal = reader.Boolean(NovaOptions.VendorDataFailureFatal),
            Credentials = NovaOptions.VendorDataAuth.ReadCredentials(reader),
        };

    static NovaListenOptions ReadListen(OptionReader reader)
    {
        var isTls = reader.List(NovaOptions.EnabledSslApis).Contains("metadata");
        if (isTls && reader.Text(NovaOptions.SslCertificate) is null)
        {
            reader.Complain(NovaOptions.SslCertificate, "is needed where enabled_ssl_apis names metadata");
        }
        return new()
        {
            Address = reader.Text(NovaOptions.Listen) ?? "0.0.0.0",
            Port = reader.Integer(NovaOptions.ListenPort) ?? 8775,
            CertificateFile = isTls ? reader.Text(NovaOptions.SslCertificate) : null,
            KeyFile = isTls ? reader.Text(NovaOptions.SslKey) : null,
            AuthorityFile = isTls ? reader.Text(NovaOptions.SslAuthorities) : null,
        };
    }
}

/// <summary>Nova's vendor data options (spec/nova-metadata.md §5.2, §5.3).</summary>
public sealed record NovaVendorDataOptions
{
    /// <summary><c>StaticJSON</c> and <c>DynamicJSON</c>, in order.</summary>
    public ImmutableArray<string> Providers { get; init; } = [];

    public string? StaticFile { get; init; }

    /// <summary>As written, <c>name@url</c>.</summary>
    public ImmutableArray<string> DynamicTargets { get; init; } = [];

    public string? AuthorityFile { get; init; }

    public TimeSpan ConnectTimeout { get; init; }

    public TimeSpan ReadTimeout { get; init; }

    public bool FailureIsFatal { get; init; }

    /// <summary>Null for requests without a token.</summary>
    public KeystoneOptions? Credentials { get; init; }
}

/// <summary>Where Nova's own server would listen.</summary>
public sealed record NovaListenOptions
{
    public string Address { get; init; } = "0.0.0.0";

    public int Port { get; init; } = 8775;

    /// <summary>Null for plain HTTP.</summary>
    public string? CertificateFile { get; init; }

    public string? KeyFile { get; init; }

    /// <summary>Where set, callers must show a certificate of these authorities.</summary>
    public string? AuthorityFile { get; init; }
}
