using System.Net;
using System.Net.Sockets;
using System.Text;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;
using Stackmeta.Tests.Support;

namespace Stackmeta.Agent.Tests;

/// <summary>
/// The agent on a socket of its own before a <see cref="FakeApi"/>, with one guest: 10.0.0.5 on network net-1 is instance inst-1.
/// </summary>
sealed class TestAgent : IAsyncDisposable
{
    public const string Secret = "s3cret";
    public const string Network = "X-Neutron-Network-ID: net-1\r\n";
    public const string Guest = Network + "X-Forwarded-For: 10.0.0.5\r\n";

    public static readonly NetworkScope Net1 = new(NetworkScopeKind.Network, "net-1");
    public static readonly NetworkScope Router1 = new(NetworkScopeKind.Router, "router-1");

    readonly AgentServer _server;
    readonly HttpMetadataUpstream _upstream;
    readonly string _folder;

    TestAgent(AgentServer server, HttpMetadataUpstream upstream, string folder)
    {
        _server = server;
        _upstream = upstream;
        _folder = folder;
    }

    public required FakeApi Api { get; init; }

    public required FakePortDirectory Directory { get; init; }

    public required PortCache Cache { get; init; }

    public required CollectingLogger Log { get; init; }

    public required string SocketPath { get; init; }

    public EndPoint Address => new UnixDomainSocketEndPoint(SocketPath);

    public static async Task<TestAgent> StartAsync(
        AgentOptions? options = null,
        TimeProvider? time = null,
        Func<UpstreamOptions, UpstreamOptions>? upstream = null,
        IAppliedPorts? applied = null
    )
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("sm-agent-").FullName;
        var api = new FakeApi();
        var log = new CollectingLogger();
        var directory = new FakePortDirectory();
        directory.Add(Net1, "10.0.0.5", "inst-1");
        time ??= TimeProvider.System;
        options ??= new AgentOptions { Patience = TimeSpan.FromSeconds(1) };
        var toApi = new UpstreamOptions { Api = api.Uri };
        var forward = new HttpMetadataUpstream(
            upstream?.Invoke(toApi) ?? toApi,
            new InstanceSignature(Encoding.UTF8.GetBytes(Secret)),
            time,
            log
        );
        var cache = new PortCache(directory, options.Ports, time);
        var path = Path.Combine(folder, "metadata_proxy");
        var server = await AgentServer.StartAsync(
            new AgentServerOptions { Socket = new AgentSocketOptions { Path = path } },
            new MetadataAgent(options, cache, forward, time, log, applied),
            time,
            log,
            CancellationToken.None
        );
        return new TestAgent(server, forward, folder)
        {
            Api = api,
            Directory = directory,
            Cache = cache,
            Log = log,
            SocketPath = path,
        };
    }

    /// <summary>Asks as the guest's proxy does, with the guest's identity.</summary>
    public Task<RawAnswer> AskAsync(string target, string method = "GET", string headers = "", string body = "") =>
        AskRawAsync(
            $"{method} {target} HTTP/1.1\r\nHost: 169.254.169.254\r\nConnection: close\r\n{headers}{Guest}\r\n{body}"
        );

    public Task<RawAnswer> AskAsAsync(string identityHeaders) =>
        AskRawAsync($"GET /latest HTTP/1.1\r\nHost: 169.254.169.254\r\nConnection: close\r\n{identityHeaders}\r\n");

    public Task<RawAnswer> AskRawAsync(string request) => RawHttp.AskAsync(Address, request);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _upstream.Dispose();
        await Api.DisposeAsync();
        System.IO.Directory.Delete(_folder, recursive: true);
    }
}
