using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;
using Stackmeta.Http;
using Stackmeta.Tests.Support;

namespace Stackmeta.Api.Tests;

/// <summary>A vendor data service that answers as it is told and remembers what it was sent.</summary>
sealed class FakeTarget : IAsyncDisposable
{
    readonly HttpServer _server;

    FakeTarget(HttpServer server) => _server = server;

    public string Url => $"http://{_server.Addresses.First()}";

    public ConcurrentQueue<(
        string Method,
        string Path,
        Dictionary<string, string> Headers,
        string Body
    )> Requests { get; init; } = new();

    public static async Task<FakeTarget> StartAsync(Func<HttpContext, Task> answer)
    {
        var requests = new ConcurrentQueue<(string, string, Dictionary<string, string>, string)>();
        var server = await HttpServer.StartAsync(
            new() { Addresses = [new IPEndPoint(IPAddress.Loopback, 0)] },
            async context =>
            {
                using var reader = new StreamReader(context.Request.Body);
                requests.Enqueue(
                    (
                        context.Request.Method,
                        context.Request.Path,
                        context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString()),
                        await reader.ReadToEndAsync()
                    )
                );
                await answer(context);
            },
            new CollectingLogger(),
            default
        );
        return new FakeTarget(server) { Requests = requests };
    }

    public static Task<FakeTarget> StartAsync(int status, string body) =>
        StartAsync(context =>
            Answer.WriteAsync(context, status, "application/json", System.Text.Encoding.UTF8.GetBytes(body))
        );

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
