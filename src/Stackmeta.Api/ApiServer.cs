using System.Net;
using Microsoft.Extensions.Logging;
using Stackmeta.Http;

namespace Stackmeta.Api;

/// <summary>The metadata API as a server of its own, for agents that ask over TCP.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    readonly HttpServer _server;

    ApiServer(HttpServer server) => _server = server;

    /// <summary>Where it listens; a port 0 is replaced by the one that was chosen.</summary>
    public IEnumerable<EndPoint> Addresses => _server.Addresses;

    /// <summary>Opens all addresses and answers.</summary>
    /// <param name="options">Where, and how much it takes in.</param>
    /// <param name="handler">Makes the responses: a <see cref="MetadataApi"/>.</param>
    /// <param name="loggers">The log.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="ListenException">An address cannot be had.</exception>
    public static async Task<ApiServer> StartAsync(
        ApiServerOptions options,
        IRequestHandler handler,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var server = await HttpServer.StartAsync(
            options.Http with
            {
                Addresses = options.Addresses,
                Hop = PathStep.Api,
                RunsInline = true,
                TakesRequestIds = options.CallersAreAgents,
            },
            handler,
            loggers,
            cancellationToken
        );
        var logger = loggers.CreateLogger<ApiServer>();
        foreach (var address in server.Addresses)
        {
            Log.Listening(logger, address);
        }
        return new ApiServer(server);
    }

    /// <summary>Stops accepting, lets the requests under way end, and returns when all have ended or the token fires.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
