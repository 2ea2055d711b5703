using System.Net;
using System.Text;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;
using Stackmeta.Documents;
using Stackmeta.Http;
using Stackmeta.Tests.Support;

namespace Stackmeta.Api.Tests;

/// <summary>The API on a port of its own, with one instance, and a way to ask it.</summary>
sealed class TestApi : IAsyncDisposable
{
    public const string Secret = "canary-secret-7f3a";
    public const string Uuid = "6f6e2c1a-1111-4a4a-8b8b-000000000001";
    public const string Project = "proj-1";

    readonly ApiServer _server;

    TestApi(ApiServer server, InstanceCache instances)
    {
        _server = server;
        Cache = instances;
        Address = server.Addresses.First();
    }

    public EndPoint Address { get; }

    public InstanceCache Cache { get; }

    public required FakeInstanceSource Source { get; init; }

    public required CollectingLogger Log { get; init; }

    public static InstanceSignature Signer { get; } = new(Encoding.UTF8.GetBytes(Secret));

    public static Instance Web1 { get; } =
        new()
        {
            Uuid = Uuid,
            ProjectId = Project,
            Hostname = "web-1",
            DisplayName = "web 1",
            FlavorName = "m1.tiny",
            UserData = "#!/bin/sh\necho h\u00e9\n"u8.ToArray(),
            Ec2Ids = new(1, 1, null, null),
            AvailabilityZone = "nova",
            SecurityGroups = ["default", "web"],
            RootDeviceName = "/dev/vda",
            ReservationId = "r-1",
            LaunchIndex = 0,
        };

    public static async Task<TestApi> StartAsync(
        TimeProvider? time = null,
        ApiOptions? options = null,
        IVendorData? vendorData = null,
        ISecurityGroupNames? securityGroups = null,
        string secret = Secret,
        RequestObserver? observer = null,
        bool callersAreAgents = true
    )
    {
        var source = new FakeInstanceSource();
        source.Instances[Uuid] = Web1;
        time ??= TimeProvider.System;
        options ??= new ApiOptions();
        var log = new CollectingLogger();
        var cache = new InstanceCache(source, options.Cache, time);
        var api = new MetadataApi(
            options,
            cache,
            new DocumentRenderer(new DocumentOptions(), time),
            new SharedSecretProof(new InstanceSignature(Encoding.UTF8.GetBytes(secret))),
            vendorData ?? new VendorDataProviders(new VendorDataOptions(), options.Cache, token: null, time, log),
            securityGroups,
            time,
            log
        );
        var server = await ApiServer.StartAsync(
            new ApiServerOptions
            {
                Addresses = [new IPEndPoint(IPAddress.Loopback, 0)],
                CallersAreAgents = callersAreAgents,
                Http = new() { Addresses = [], Observer = observer },
            },
            api,
            log,
            CancellationToken.None
        );
        return new TestApi(server, cache) { Source = source, Log = log };
    }

    /// <summary>Asks with the right proof.</summary>
    public Task<RawAnswer> AskAsync(string target, string method = "GET", string headers = "", string body = "") =>
        AskRawAsync(method, target, Proof() + headers, body);

    public Task<RawAnswer> AskRawAsync(string method, string target, string headers, string body = "") =>
        RawHttp.AskAsync(
            Address,
            $"{method} {target} HTTP/1.1\r\nHost: api\r\nConnection: close\r\n{headers}\r\n{body}"
        );

    /// <summary>The header lines of the right proof.</summary>
    public static string Proof(string id = Uuid, string project = Project) =>
        $"X-Forwarded-For: 10.0.0.9\r\nX-Instance-ID: {id}\r\nX-Tenant-ID: {project}\r\nX-Instance-ID-Signature: {Signer.Sign(id)}\r\n";

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
