using Microsoft.Extensions.Logging;
using Stackmeta.Api;
using Stackmeta.Inventory;
using Stackmeta.Metadata;

namespace Stackmeta;

/// <summary>The metadata API as the settings describe it, answering from any source of instances.</summary>
sealed class ApiHop : IAsyncDisposable
{
    readonly ApiServer _server;
    readonly InstanceSignature _signature;
    readonly VendorDataProviders _vendorData;

    ApiHop(ApiServer server, InstanceSignature signature, VendorDataProviders vendorData, InstanceCache instances)
    {
        _server = server;
        _signature = signature;
        _vendorData = vendorData;
        Instances = instances;
    }

    /// <summary>The kept records, to be told of changes.</summary>
    public InstanceCache Instances { get; }

    /// <summary>Opens the API's addresses.</summary>
    /// <exception cref="Http.ListenException">An address cannot be had.</exception>
    public static async Task<ApiHop> StartAsync(
        SettingValues settings,
        byte[] secret,
        IInstanceSource source,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
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
        var instances = new InstanceCache(source, options.Cache, time);
        var file = settings.Get(KnownSettings.VendorDataFile);
        var vendorData = new VendorDataProviders(
            new VendorDataOptions { StaticFile = file.Length > 0 ? file : null },
            options.Cache,
            token: null,
            time,
            loggers.CreateLogger<VendorDataProviders>()
        );
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
        var server = await ApiServer.StartAsync(
            new ApiServerOptions { Addresses = [.. settings.Get(KnownSettings.ApiListen)] },
            api,
            loggers,
            cancellationToken
        );
        return new ApiHop(server, signature, vendorData, instances);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _signature.Dispose();
        _vendorData.Dispose();
    }
}
