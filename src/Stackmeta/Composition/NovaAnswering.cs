using System.Text;
using Microsoft.Extensions.Logging;
using Stackmeta.Api;
using Stackmeta.Core.Caching;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;
using Stackmeta.Documents;
using Stackmeta.OpenStack;

namespace Stackmeta;

/// <summary>
/// What nova.conf makes of the metadata API: its databases, Neutron, the three proofs, vendor data. Made anew when the file is read anew.
/// </summary>
sealed class NovaAnswering : IAsyncDisposable
{
    readonly Owned _owned = new();

    NovaAnswering() { }

    public MetadataApi Api { get; private set; } = null!;

    public InstanceCache Instances { get; private set; } = null!;

    public DriveSource Drives { get; private set; } = null!;

    /// <summary>Whether callers are agents that have proven whom they ask for, and not guests (<c>service_metadata_proxy</c>).</summary>
    public bool IsAskedByAgents { get; private init; }

    /// <summary>Puts it together; makes no connection.</summary>
    /// <exception cref="ConfigurationException">A certificate cannot be read.</exception>
    public static NovaAnswering Create(
        NovaConfiguration nova,
        DocumentOptions documents,
        ApiOptions options,
        ILoggerFactory loggers,
        TimeProvider time,
        AdminSocket? admin,
        NeutronDatabaseOptions? neutronDatabase
    )
    {
        var made = new NovaAnswering { IsAskedByAgents = nova.ServiceMetadataProxy };
        options = options with { Cache = options.Cache with { Expiration = nova.CacheExpiration } };
        documents = documents with
        {
            // Nova shows what its row has.
            IsKeyPerLine = false,
            DhcpDomain = nova.DhcpDomain,
            NetworkTemplate = nova.InjectsNetworkTemplate ? NetworkTemplate.Stock : null,
        };
        var source = made.Own(new NovaInstanceSource(nova.Databases, loggers.CreateLogger<NovaInstanceSource>(), time));
        made.Instances = new(admin?.Observe(source) ?? source, options.Cache, time);
        var neutron = nova.NeutronCredentials is { } credentials
            ? made.Neutron(nova, credentials, loggers, time)
            : null;
        var vendorData = made.VendorData(nova.VendorData, options.Cache, loggers, time);
        var securityGroups = made.SecurityGroups(neutron, neutronDatabase, loggers, time);
        made.Drives = new()
        {
            Instances = source,
            VendorData = vendorData,
            SecurityGroups = securityGroups,
            Documents = documents,
            UsualFormat = DriveFormats.Of(nova.DriveFormat),
            SkippedVersions = nova.DriveSkippedVersions,
        };
        made.Api = new(
            options,
            made.Instances,
            new DocumentRenderer(documents, time),
            made.Proof(nova, neutron, options.Cache, loggers, time),
            vendorData,
            securityGroups,
            time,
            loggers.CreateLogger<MetadataApi>()
        );
        return made;
    }

    public ValueTask DisposeAsync() => _owned.DisposeAsync();

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
            Authorities = nova.AuthorityFile is null
                ? null
                : CertificateFiles.Authorities(nova.AuthorityFile, "[vendordata_dynamic_auth] cafile"),
            ConnectTimeout = nova.ConnectTimeout,
            ReadTimeout = nova.ReadTimeout,
            FailureIsFatal = nova.FailureIsFatal,
        };
        var token = nova.Credentials is { } credentials
            ? Own(new KeystoneSession(credentials, loggers.CreateLogger<KeystoneSession>(), time))
            : null;
        return Own(
            new VendorDataProviders(
                options,
                cache,
                token,
                time,
                loggers.CreateLogger<VendorDataProviders>().Throttled(time)
            )
        );
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
