using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Refusals;
using Stackmeta.Core.Supervision;

namespace Stackmeta.Tests;

/// <summary>
/// What a request allocates whose answer is known, through the HTTP server, from the bytes that arrive to the bytes that leave. Bytes are
/// the measure, not time: they are the same on every machine, and each one is work for the collector later.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class WarmRequestTests : IAsyncLifetime
{
    const int Requests = 1000;
    const int Rounds = 8;

    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-allocations-").FullName;
    RunningPath _path = null!;
    IPEndPoint _api = null!;
    string _viaProxy = "";
    string _viaAgent = "";

    public async ValueTask InitializeAsync()
    {
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            _api = (IPEndPoint)listener.LocalEndpoint;
        }
        var file = Path.Combine(_folder, "settings.json");
        await File.WriteAllTextAsync(file, "{}");
        var settings = SettingsReader.Read(
            null,
            new System.Collections.Hashtable { ["STACKMETA_CONFIG"] = file },
            [$"data={_folder}", $"api.listen={_api}"]
        );
        _path = await RunningPath.StartAsync(
            settings,
            DataFolder.Of(settings),
            Hops.Api | Hops.Agent,
            NetworkSource.Inventory,
            new(TimeProvider.System, NullLoggerFactory.Instance.CreateLogger<Supervisor>()),
            TimeProvider.System,
            NullLoggerFactory.Instance,
            TestContext.Current.CancellationToken
        );
        var demo = await DemoInventory.CreateAsync(_path.Inventory, default);
        var port = (await _path.Inventory.Ports.FindAsync(demo.Guests[0].PortId.ToString(), default)).Value!;
        var address = port.FixedIps!.Value[0].IpAddress;
        _viaProxy = $"X-Forwarded-For: {address}\r\nX-Neutron-Network-ID: {demo.NetworkId}\r\n";
        using var signature = new InstanceSignature(SharedSecret.ReadOrMake(DataFolder.Of(settings).SharedSecretFile));
        _viaAgent =
            $"X-Forwarded-For: {address}\r\nX-Instance-ID: {port.DeviceId}\r\nX-Tenant-ID: {port.ProjectId}\r\n"
            + $"X-Instance-ID-Signature: {signature.Sign(port.DeviceId!)}\r\n";
    }

    public async ValueTask DisposeAsync()
    {
        await _path.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("agent and API in one process", "/openstack/latest/meta_data.json", 768)]
    [InlineData("agent and API in one process", "/openstack/latest/user_data", 768)]
    [InlineData("agent and API in one process", "/latest/meta-data/instance-id", 768)]
    [InlineData("API alone", "/openstack/latest/meta_data.json", 512)]
    [InlineData("API alone", "/latest/meta-data/instance-id", 512)]
    public async Task A_warm_request_allocates_less_than(string hops, string target, int mostBytes)
    {
        var alone = hops == "API alone";
        EndPoint server = alone ? _api : new UnixDomainSocketEndPoint(Path.Combine(_folder, "metadata_proxy"));
        using var socket = alone
            ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(server);
        var request = Encoding.ASCII.GetBytes(
            $"GET {target} HTTP/1.1\r\nHost: 169.254.169.254\r\nAccept: */*\r\n{(alone ? _viaAgent : _viaProxy)}\r\n"
        );

        // The least of the rounds: a second in which something else of the process works, or the record expires, is not the request's.
        var least = Enumerable.Range(0, Rounds).Min(_ => BytesOfARequest(socket, request));

        TestContext.Current.TestOutputHelper?.WriteLine($"{hops}, {target}: {least} bytes");
        Assert.InRange(least, 0, mostBytes);
    }

    static long BytesOfARequest(Socket socket, byte[] request)
    {
        var answer = new byte[64 * 1024];
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < Requests; i++)
        {
            socket.Send(request);
            ReceiveAnswer(socket, answer);
        }
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / Requests;
    }

    /// <summary>Reads one answer, allocating nothing itself.</summary>
    static void ReceiveAnswer(Socket socket, byte[] answer)
    {
        var length = 0;
        while (true)
        {
            var received = socket.Receive(answer.AsSpan(length));
            length += received > 0 ? received : throw new EndOfStreamException();
            var end = answer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                continue;
            }
            if (!answer.AsSpan().StartsWith("HTTP/1.1 200"u8))
            {
                throw new InvalidDataException(Encoding.ASCII.GetString(answer, 0, length));
            }
            var at = answer.AsSpan(0, end).IndexOf("Content-Length: "u8) + "Content-Length: "u8.Length;
            _ = System.Buffers.Text.Utf8Parser.TryParse(answer.AsSpan(at), out int body, out _);
            if (length >= end + 4 + body)
            {
                return;
            }
        }
    }
}
