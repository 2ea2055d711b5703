using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Refusals;
using Stackmeta.Core.Supervision;
using Stackmeta.Inventory;
using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary>API and agent in one process with the demo's guests, their log kept, and the commands that look at them.</summary>
sealed class ObservedPath : IAsyncDisposable
{
    readonly string _folder;
    readonly string _settings;
    RunningPath _path = null!;

    ObservedPath(string folder)
    {
        _folder = folder;
        _settings = Path.Combine(folder, "settings.json");
    }

    public CollectingLogger Log { get; } = new();

    public string Network { get; private set; } = "";

    public PortEntry Port { get; private set; } = new();

    public IPEndPoint Api { get; private set; } = null!;

    public IInventory Inventory => _path.Inventory;

    public string AdminSocket => _path.AdminSocketPath!;

    /// <summary>Starts it.</summary>
    /// <param name="secret">The hops' secret; null for one of chance.</param>
    /// <param name="collector">Where traces and metrics go; null for nowhere.</param>
    /// <param name="isApiAsked">Whether the agent asks the API over TCP, as one of another process.</param>
    public static async Task<ObservedPath> StartAsync(
        string? secret = null,
        Uri? collector = null,
        bool isApiAsked = false
    )
    {
        var observed = new ObservedPath(Directory.CreateTempSubdirectory("stackmeta-observed-").FullName);
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            observed.Api = (IPEndPoint)listener.LocalEndpoint;
        }
        // A file of this machine must not change what is tested.
        await File.WriteAllTextAsync(
            observed._settings,
            $$"""
            {
              "data": "{{observed._folder}}",
              "api": { "listen": "{{observed.Api}}" },
              "agent": { "api": "{{(isApiAsked ? $"http://{observed.Api}" : "in-process")}}" },
              "otlp": { "endpoint": "{{collector?.ToString() ?? "off"}}" }
            }
            """
        );
        if (secret is not null)
        {
            var file = Path.Combine(observed._folder, "secret");
            await File.WriteAllTextAsync(file, secret);
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        var settings = SettingsReader.Read(observed._settings, new System.Collections.Hashtable(), []);
        observed._path = await RunningPath.StartAsync(
            settings,
            DataFolder.Of(settings),
            Hops.Api | Hops.Agent,
            NetworkSource.Inventory,
            new(TimeProvider.System, observed.Log.CreateLogger<Supervisor>()),
            TimeProvider.System,
            observed.Log,
            TestContext.Current.CancellationToken
        );
        var demo = await DemoInventory.CreateAsync(observed.Inventory, default);
        observed.Network = demo.NetworkId.ToString();
        observed.Port = (await observed.Inventory.Ports.FindAsync(demo.Guests[0].PortId.ToString(), default)).Value!;
        return observed;
    }

    /// <summary>A guest's request, as its network's proxy passes it to the agent.</summary>
    public Task<RawAnswer> GuestAsync(
        string target,
        string? address = null,
        string method = "GET",
        string headers = "",
        string body = ""
    ) =>
        RawHttp.AskAsync(
            new UnixDomainSocketEndPoint(Path.Combine(_folder, "metadata_proxy")),
            $"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Neutron-Network-ID: {Network}\r\n"
                + $"X-Forwarded-For: {address ?? Port.FixedIps!.Value[0].IpAddress}\r\n"
                + (body.Length > 0 ? $"Content-Length: {body.Length}\r\n" : "")
                + $"{headers}\r\n{body}"
        );

    /// <summary>An agent's request to the API.</summary>
    public Task<RawAnswer> AgentAsync(string target, string headers) =>
        RawHttp.AskAsync(Api, $"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");

    public async Task<string> AdminAsync(string target) =>
        (
            await RawHttp.AskAsync(
                new UnixDomainSocketEndPoint(AdminSocket),
                $"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            )
        ).Text;

    /// <summary>A command on the same data folder.</summary>
    public async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await StackmetaProgram.RunAsync(
            [.. arguments, "--config", _settings],
            output,
            error,
            TestContext.Current.CancellationToken
        );
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Returns once so many requests were refused in all: a request is observed just after it was answered.</summary>
    public async Task WaitForRefusalsAsync(int count)
    {
        for (var look = 0; look < 400; look++)
        {
            using var json = System.Text.Json.JsonDocument.Parse(await AdminAsync("/refusals"));
            if (json.RootElement.GetProperty("total").GetInt64() >= count)
            {
                return;
            }
            await Task.Delay(25);
        }
        Assert.Fail($"{count} refusals did not come together");
    }

    public static string NameOf(Refusal refusal) => RefusalDescription.Of(refusal).Name;

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _path, null!) is { } path)
        {
            await path.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }
}
