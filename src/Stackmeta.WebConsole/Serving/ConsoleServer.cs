using System.Net;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Supervision;
using Stackmeta.Http;

namespace Stackmeta.WebConsole;

/// <summary>The operator's page on loopback: whoever has its address sees the path as it runs, and nobody else.</summary>
public sealed class ConsoleServer : IAsyncDisposable
{
    /// <summary>A page asks for a dozen files and keeps one stream.</summary>
    const int MaxConnections = 64;

    readonly HttpServer _server;
    readonly PathWatch _watch;
    readonly ConsoleGate _gate;
    readonly ConsoleAnswers _answers;

    ConsoleServer(HttpServer server, PathWatch watch, ConsoleGate gate, ConsoleAnswers answers)
    {
        _server = server;
        _watch = watch;
        _gate = gate;
        _answers = answers;
    }

    /// <summary>What to open in a browser. Whoever has it is let in: it is shown to the operator alone, and never logged.</summary>
    public Uri Address => new($"http://127.0.0.1:{Port}/?token={_gate.Token}");

    int Port => ((IPEndPoint)_server.Addresses.Single()).Port;

    /// <summary>Opens the port on loopback and serves.</summary>
    /// <param name="port">0 for any that is free.</param>
    /// <param name="path">What is looked at.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">The log.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="ListenException">The port cannot be had.</exception>
    public static async Task<ConsoleServer> StartAsync(
        int port,
        IConsolePath path,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken
    )
    {
        var logger = loggers.CreateLogger<ConsoleServer>();
        var watch = new PathWatch(path, new(time, loggers.CreateLogger<Supervisor>()), time, logger);
        var gate = new ConsoleGate();
        var answers = new ConsoleAnswers(watch, path, gate, logger.Throttled(time));
        try
        {
            var server = await HttpServer.StartAsync(
                new HttpServerOptions
                {
                    Addresses = [new IPEndPoint(IPAddress.Loopback, port)],
                    Backlog = 16,
                    MaxConnections = MaxConnections,
                    MaxBody = 0,
                },
                answers.AnswerAsync,
                loggers,
                cancellationToken
            );
            return new ConsoleServer(server, watch, gate, answers);
        }
        catch
        {
            answers.Dispose();
            await watch.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The streams end with the watch.
        await _watch.DisposeAsync();
        await _server.DisposeAsync();
        _answers.Dispose();
    }
}
