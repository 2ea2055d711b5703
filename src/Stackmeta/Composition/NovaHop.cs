using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Stackmeta.Api;
using Stackmeta.Http;
using Stackmeta.Inventory;
using Stackmeta.Metadata;
using Stackmeta.OpenStack;

namespace Stackmeta;

/// <summary>The metadata API on a live cloud, as nova.conf describes it: Nova's databases, Neutron, the three proofs, vendor data.</summary>
sealed class NovaHop : IHop
{
    readonly Owned _owned = new();
    AdminSocket? _admin;
    bool _isAskedByAgents;

    NovaHop() { }

    /// <summary>What answers, for hops in the same process.</summary>
    public MetadataApi Api { get; private set; } = null!;

    /// <summary>The kept records, to be told of changes.</summary>
    public InstanceCache Instances { get; private set; } = null!;

    /// <summary>What config drives are made of.</summary>
    public DriveSource Drives { get; private set; } = null!;

    /// <summary>The server, once it is started.</summary>
    public ApiServer? Server { get; private set; }

    /// <summary>Puts the API together; opens no address and makes no connection.</summary>
    /// <exception cref="ConfigurationException">A certificate cannot be read.</exception>
    public static NovaHop Create(
        NovaConfiguration nova,
        DocumentOptions documents,
        ApiOptions options,
        ILoggerFactory loggers,
        TimeProvider time,
        AdminSocket? admin = null,
        NeutronDatabaseOptions? neutronDatabase = null
    )
    {
        var hop = new NovaHop { _admin = admin, _isAskedByAgents = nova.ServiceMetadataProxy };
        options = options with { Cache = options.Cache with { Expiration = nova.CacheExpiration } };
        documents = documents with
        {
            DhcpDomain = nova.DhcpDomain,
            NetworkTemplate = nova.InjectsNetworkTemplate ? NetworkTemplate.Stock : null,
        };
        var source = hop.Own(new NovaInstanceSource(nova.Databases, loggers.CreateLogger<NovaInstanceSource>(), time));
        hop.Instances = new(admin?.Observe(source) ?? source, options.Cache, time);
        admin?.Watch(hop.Instances, source);
        var neutron = nova.NeutronCredentials is { } credentials ? hop.Neutron(nova, credentials, loggers, time) : null;
        var vendorData = hop.VendorData(nova.VendorData, options.Cache, loggers, time);
        var securityGroups = hop.SecurityGroups(neutron, neutronDatabase, loggers, time);
        hop.Drives = new()
        {
            Instances = source,
            VendorData = vendorData,
            SecurityGroups = securityGroups,
            Documents = documents,
            UsualFormat = DriveFormats.Of(nova.DriveFormat),
            SkippedVersions = nova.DriveSkippedVersions,
        };
        admin?.Drives.Serve(hop.Drives);
        hop.Api = new(
            options,
            hop.Instances,
            new DocumentRenderer(documents, time),
            hop.Proof(nova, neutron, options.Cache, loggers, time),
            vendorData,
            securityGroups,
            time,
            loggers.CreateLogger<MetadataApi>()
        );
        return hop;
    }

    /// <summary>Opens nova.conf's address, or others instead.</summary>
    /// <exception cref="ListenException">An address cannot be had.</exception>
    /// <exception cref="ConfigurationException">A certificate cannot be read.</exception>
    public async Task StartAsync(
        NovaListenOptions listen,
        IReadOnlyList<EndPoint> instead,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var http = new HttpServerOptions
        {
            Addresses = [],
            Observer = _admin?.Observer,
            Certificate = listen.CertificateFile is null
                ? null
                : Own(CertificateFiles.Own(listen.CertificateFile, listen.KeyFile, "[wsgi] ssl_cert_file")),
            ClientAuthorities = listen.AuthorityFile is null
                ? null
                : CertificateFiles.Authorities(listen.AuthorityFile),
        };
        Server = await ApiServer.StartAsync(
            new ApiServerOptions
            {
                Addresses = instead.Count > 0 ? [.. instead] : [AddressOf(listen)],
                CallersAreAgents = _isAskedByAgents,
                Http = http,
            },
            Api,
            loggers,
            cancellationToken
        );
        _admin?.Health.Add(HopChecks.Api(Server.Addresses));
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        Server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            await Server.DisposeAsync();
        }
        await _owned.DisposeAsync();
    }

    NeutronClient Neutron(
        NovaConfiguration nova,
        KeystoneOptions credentials,
        ILoggerFactory loggers,
        TimeProvider time
    )
    {
        var keystone = Own(new KeystoneSession(credentials, loggers.CreateLogger<KeystoneSession>(), time));
        return Own(new NeutronClient(nova.Neutron, keystone, loggers.CreateLogger<NeutronClient>(), time));
    }

    /// <summary>Asked of Neutron's database where it may be read, else of its REST API as Nova does; null where neither is known.</summary>
    ISecurityGroupNames? SecurityGroups(
        NeutronClient? neutron,
        NeutronDatabaseOptions? database,
        ILoggerFactory loggers,
        TimeProvider time
    )
    {
        var rest = neutron is null ? null : new NeutronSecurityGroupNames(neutron);
        return database is null
            ? rest
            : Own(
                new NeutronDatabaseSecurityGroupNames(
                    database,
                    rest,
                    loggers.CreateLogger<NeutronDatabaseSecurityGroupNames>(),
                    time
                )
            );
    }

    VendorDataProviders VendorData(
        NovaVendorDataOptions nova,
        AnswerCacheOptions cache,
        ILoggerFactory loggers,
        TimeProvider time
    )
    {
        var options = new VendorDataOptions
        {
            Providers =
            [
                .. nova.Providers.Select(provider =>
                    provider == "StaticJSON" ? VendorDataProvider.StaticJson : VendorDataProvider.DynamicJson
                ),
            ],
            StaticFile = nova.StaticFile,
            Targets = nova.DynamicTargets,
            Authorities = nova.AuthorityFile is null ? null : CertificateFiles.Authorities(nova.AuthorityFile),
            ConnectTimeout = nova.ConnectTimeout,
            ReadTimeout = nova.ReadTimeout,
            FailureIsFatal = nova.FailureIsFatal,
        };
        var token = nova.Credentials is { } credentials
            ? Own(new KeystoneSession(credentials, loggers.CreateLogger<KeystoneSession>(), time))
            : null;
        return Own(new VendorDataProviders(options, cache, token, time, loggers.CreateLogger<VendorDataProviders>()));
    }

    /// <summary>Which way callers prove whom they ask for (spec/nova-metadata.md §6.1).</summary>
    ICallerProof Proof(
        NovaConfiguration nova,
        NeutronClient? neutron,
        AnswerCacheOptions cache,
        ILoggerFactory loggers,
        TimeProvider time
    )
    {
        if (!nova.ServiceMetadataProxy)
        {
            return new AddressProof(
                neutron is null ? new NoAddresses() : new NeutronAddressDirectory(neutron),
                new()
                {
                    Cache = cache,
                    UsesForwardedFor = nova.UseForwardedFor,
                    ParsesProxyHeaders = nova.ParseProxyHeaders,
                },
                time
            );
        }
        if (nova.SharedSecret.Length == 0)
        {
            Log.SharedSecretEmpty(loggers.CreateLogger<NovaHop>());
        }
        var signature = Own(new InstanceSignature(Encoding.UTF8.GetBytes(nova.SharedSecret)));
        var byInstance = new SharedSecretProof(signature);
        return neutron is null
            ? byInstance
            : new ProviderProof(
                byInstance,
                nova.SharedSecret.Length > 0 ? signature : null,
                new NeutronAddressDirectory(neutron),
                cache,
                time
            );
    }

    T Own<T>(T owned)
        where T : class => _owned.Add(owned);

    static IPEndPoint AddressOf(NovaListenOptions listen) =>
        IPAddress.TryParse(listen.Address, out var address)
            ? new(address, listen.Port)
            : throw new ConfigurationException($"[DEFAULT] metadata_listen: '{listen.Address}' is no IP address");

    /// <summary>Where nova.conf names no credentials for Neutron, nobody can be found by address.</summary>
    sealed class NoAddresses : IAddressDirectory
    {
        public ValueTask<PortAnswer> FindPortAsync(string address, CancellationToken cancellationToken) =>
            new(Refusal.PortNotFound);

        public ValueTask<ProviderPortAnswer> FindPortOfProviderAsync(
            string providerId,
            string address,
            CancellationToken cancellationToken
        ) => new(new ProviderPortAnswer(null, Refusal.PortNotFound, HasNetworks: false, Matches: 0));
    }
}
