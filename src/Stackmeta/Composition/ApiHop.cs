using Microsoft.Extensions.Logging;
using Stackmeta.Api;
using Stackmeta.Inventory;
using Stackmeta.Metadata;

namespace Stackmeta;

/// <summary>The metadata API as the settings describe it, answering from any source of instances.</summary>
sealed class ApiHop : IHop
{
    readonly InstanceSignature _signature;
    readonly VendorDataProviders _vendorData;
    ApiServer? _server;

    ApiHop(MetadataApi api, InstanceSignature signature, VendorDataProviders vendorData, InstanceCache instances)
    {
        Api = api;
        _signature = signature;
        _vendorData = vendorData;
        Instances = instances;
    }

    /// <summary>What answers, for hops in the same process.</summary>
    public MetadataApi Api { get; }

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
    )
    {
        var options = new ApiOptions
        {
            Cache = new AnswerCacheOptions
            {
                Expiration = settings.Get(KnownSettings.ApiCacheSeconds),
                MaxBytes = settings.Get(KnownSettings.ApiCacheBytes),
            },
        };
        var signature = new InstanceSignature(secret);
        var instances = new InstanceCache(admin.Observe(source), options.Cache, time);
        var vendorData = VendorDataSettings.Of(settings, options.Cache, loggers, time);
        var api = new MetadataApi(
            options,
            instances,
            new DocumentRenderer(DocumentSettings.Of(settings), time),
            new SharedSecretProof(signature),
            vendorData,
            securityGroups: null,
            time,
            loggers.CreateLogger<MetadataApi>()
        );
        admin.Watch(instances, source);
        admin.Drives.Serve(DriveSettings.Of(settings, source, vendorData));
        return new ApiHop(api, signature, vendorData, instances);
    }

    /// <summary>Opens the API's addresses.</summary>
    /// <exception cref="Http.ListenException">An address cannot be had.</exception>
    public async Task ListenAsync(
        SettingValues settings,
        AdminSocket admin,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        _server = await ApiServer.StartAsync(
            new ApiServerOptions
            {
                Addresses = [.. settings.Get(KnownSettings.ApiListen)],
                Http = new() { Addresses = [], Observer = admin.Observer },
            },
            Api,
            loggers,
            cancellationToken
        );
        admin.Health.Add(HopChecks.Api(_server.Addresses));
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
        _signature.Dispose();
        _vendorData.Dispose();
    }
}
