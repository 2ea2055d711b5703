using System.Net;
using Stackmeta.Tests.Support;

namespace Stackmeta.WebConsole.Tests;

/// <summary>A console on a path that a test writes the lines of.</summary>
sealed class ServedConsole : IAsyncDisposable
{
    /// <summary>What explaining a guest whose record is gone says.</summary>
    public const string Broken = """
        {"subject": "vm-1-3, 10.1.0.13 on network net-1", "verdict": "broken", "link": "record", "reason": "instance-gone",
         "meaning": "The store has no such instance.", "next": "Create it.",
         "links": [{"link": "port", "state": "fine", "detail": "port-1-3"},
                   {"link": "record", "state": "broken", "detail": "not found", "reason": "instance-gone"},
                   {"link": "documents", "state": "not-looked-at", "detail": "mend the record first"}]}
        """;

    readonly ConsoleServer _server;

    ServedConsole(ConsoleServer server, ScriptedPath path)
    {
        _server = server;
        Path = path;
    }

    public ScriptedPath Path { get; }

    public Uri Address => _server.Address;

    public IPEndPoint EndPoint => new(IPAddress.Loopback, Address.Port);

    public string Token => Address.Query["?token=".Length..];

    public static async Task<ServedConsole> StartAsync(int port = 0)
    {
        var path = new ScriptedPath();
        return new(
            await ConsoleServer.StartAsync(
                port,
                path,
                TimeProvider.System,
                new CollectingLogger(),
                TestContext.Current.CancellationToken
            ),
            path
        );
    }

    /// <summary>A console whose path has refused one guest of the inventory.</summary>
    public static async Task<ServedConsole> RefusingAsync()
    {
        var console = await StartAsync();
        console.Path.Inventory = ScriptedPath.InventoryOf(networks: 3, guests: 5);
        console.Path.Explain = _ => Broken;
        console.Path.Send(
            Requests.Refused("10.1.0.13", "instance-not-found") with
            {
                Time = TimeProvider.System.GetUtcNow(),
                ScopeId = ScriptedPath.NetworkId(1),
                InstanceId = "vm-id-1-3",
                RefusedBy = "api",
            }
        );
        return console;
    }

    /// <summary>A raw request with these header lines.</summary>
    public Task<RawAnswer> AskAsync(string target, params string[] headers) =>
        RawHttp.AskAsync(
            EndPoint,
            $"GET {target} HTTP/1.1\r\nConnection: close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n"
        );

    /// <summary>The Cookie header of who has opened the address.</summary>
    public async Task<string> CookieAsync()
    {
        var answer = await AskAsync($"/?token={Token}", "Host: 127.0.0.1");
        var line = answer["Set-Cookie"]!;
        return $"Cookie: {line.Split(';')[0]}";
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
