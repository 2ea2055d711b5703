using System.Net;
using Microsoft.Extensions.Logging;
using Stackmeta.Api;
using Stackmeta.Core.Caching;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;
using Stackmeta.Documents;
using Stackmeta.Http;

namespace Stackmeta;

/// <summary>The metadata API as the settings describe it, answering from any source of instances.</summary>
sealed class ApiHop : IHop, IRequestHandler
{
    readonly ApiOptions _options;
    readonly IInstanceSource _source;
    readonly AdminSocket _admin;
    readonly TimeProvider _time;
    readonly ILoggerFactory _loggers;
    readonly Exchangeable<Answering> _answering;
    ApiServer? _server;

    ApiHop(
        SettingValues settings,
        byte[] secret,
        IInstanceSource source,
        AdminSocket admin,
        TimeProvider time,
        ILoggerFactory loggers
    )
    {
        _options = new ApiOptions
        {
            Cache = new AnswerCacheOptions
            {
                Expiration = settings.Get(KnownSettings.ApiCacheSeconds),
                MaxBytes = settings.Get(KnownSettings.ApiCacheBytes),
            },
        };
        (_source, _admin, _time, _loggers) = (source, admin, time, loggers);
        Instances = new(admin.Observe(source), _options.Cache, time);
        _answering = new(Make(settings, secret), time);
        admin.Watch(Instances, source);
        admin.Drives.Serve(_answering.Current.Drives);
    }

    /// <summary>What answers now, for hops in the same process.</summary>
    public MetadataApi Api => _answering.Current.Api;

    /// <summary>By what answers now.</summary>
    public ValueTask<Response> HandleAsync(Request request) => Api.HandleAsync(request);

    /// <summary>Where it listens.</summary>
    public IEnumerable<EndPoint> Addresses => _server?.Addresses ?? [];

    /// <summary>The kept records, to be told of changes.</summary>
    public InstanceCache Instances { get; }

    /// <summary>Puts the API together; opens no address.</summary>
    public static ApiHop Create(
        SettingValues settings,
        byte[] secret,
        IInstanceSource source,
        AdminSocket admin,
        TimeProvider time,
        ILoggerFactory loggers
    ) => new(settings, secret, source, admin, time, loggers);

    /// <summary>Opens the API's addresses.</summary>
    /// <param name="settings">Which.</param>
    /// <param name="isAlone">Whether the process has no other hop.</param>
    /// <param name="kept">Keeps the sockets for the next process; null where they end with this one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ListenException">An address cannot be had.</exception>
    public async Task ListenAsync(
        SettingValues settings,
        bool isAlone,
        IInheritedSockets? kept,
        CancellationToken cancellationToken
    )
    {
        _server = await ApiServer.StartAsync(
            new ApiServerOptions
            {
                Addresses = [.. settings.Get(KnownSettings.ApiListen)],
                Http = new()
                {
                    Addresses = [],
                    Observer = _admin.Observer,
                    Supervisor = _admin.Supervisor,
                    Kept = kept,
                    MaxConnections = DescriptorShares.Api(isAlone),
                },
            },
            this,
            _loggers,
            cancellationToken
        );
        _admin.Health.Add(HopChecks.Api(_server.Addresses));
    }

    /// <summary>Makes what answers by other settings; kept records stay.</summary>
    /// <returns>What has it answer from now on.</returns>
    public Action PrepareReload(SettingValues settings, byte[] secret)
    {
        var next = Make(settings, secret);
        return () =>
        {
            _answering.Exchange(next);
            _admin.Drives.Serve(next.Drives);
        };
    }

    Answering Make(SettingValues settings, byte[] secret)
    {
        var signature = new InstanceSignature(secret);
        var vendorData = VendorDataSettings.Of(settings, _options.Cache, _loggers, _time);
        var api = new MetadataApi(
            _options,
            Instances,
            new DocumentRenderer(DocumentSettings.Of(settings), _time),
            new SharedSecretProof(signature),
            vendorData,
            securityGroups: null,
            _time,
            _loggers.CreateLogger<MetadataApi>()
        );
        return new(api, DriveSettings.Of(settings, _source, vendorData), signature, vendorData);
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
        await _answering.DisposeAsync();
    }

    /// <summary>What other settings make anew.</summary>
    sealed class Answering(
        MetadataApi api,
        DriveSource drives,
        InstanceSignature signature,
        VendorDataProviders vendorData
    ) : IAsyncDisposable
    {
        public MetadataApi Api => api;

        public DriveSource Drives => drives;

        public ValueTask DisposeAsync()
        {
            signature.Dispose();
            vendorData.Dispose();
            return default;
        }
    }
}
