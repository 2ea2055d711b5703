using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge.Tests;

/// <summary>Stands where the metadata agent stands: answers every request on a unix socket and remembers its headers.</summary>
sealed class AgentSocket : IAsyncDisposable
{
    readonly WebApplication _application;
    readonly DirectoryInfo _directory;

    AgentSocket(WebApplication application, DirectoryInfo directory)
    {
        _application = application;
        _directory = directory;
    }

    /// <summary>The socket; every user may connect.</summary>
    public string Path => System.IO.Path.Combine(_directory.FullName, "metadata_proxy");

    public ConcurrentQueue<Dictionary<string, string>> Requests { get; } = new();

    public static async Task<AgentSocket> StartAsync()
    {
        var directory = Directory.CreateTempSubdirectory("stackmeta-edge-agent-");
        File.SetUnixFileMode(directory.FullName, (UnixFileMode)Convert.ToInt32("755", 8));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var path = System.IO.Path.Combine(directory.FullName, "metadata_proxy");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(path));
        var agent = new AgentSocket(builder.Build(), directory);
        agent._application.Run(agent.AnswerAsync);
        await agent._application.StartAsync();
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("666", 8));
        return agent;
    }

    /// <summary>Of the last request.</summary>
    public string LastQuery { get; private set; } = "";

    public string LastBody { get; private set; } = "";

    async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        using var body = new StreamReader(request.Body);
        LastBody = await body.ReadToEndAsync();
        LastQuery = request.QueryString.Value ?? "";
        Requests.Enqueue(
            new(
                request.Headers.Select(header => KeyValuePair.Create(header.Key, header.Value.ToString())),
                StringComparer.OrdinalIgnoreCase
            )
        );
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        await context.Response.WriteAsync($"{request.Method} {target.Split('?')[0]}");
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}
