using System.Net.NetworkInformation;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta.Tests.Support.Rig;

/// <summary>A guest of a test: an instance, its port, and the namespace that stands for its machine.</summary>
sealed class Guest : IAsyncDisposable
{
    readonly GuestNamespace _namespace;

    Guest(InstanceEntry instance, PortEntry port, GuestNamespace @namespace)
    {
        Instance = instance;
        Port = port;
        _namespace = @namespace;
    }

    public InstanceEntry Instance { get; }

    public PortEntry Port { get; }

    public string Address => Port.FixedIps!.Value[0].IpAddress;

    public string Namespace => _namespace.Name;

    /// <summary>Makes the instance, its port and its namespace; the guest has no address yet.</summary>
    /// <param name="inventory">Where they are made.</param>
    /// <param name="networkId">A network that is served, or will be because of this guest.</param>
    /// <param name="wanted">The instance.</param>
    /// <param name="host">The host of the guest; empty for any.</param>
    public static async Task<Guest> CreateAsync(
        IInventory inventory,
        string networkId,
        InstanceEntry wanted,
        string host = ""
    )
    {
        var instance = (await inventory.Instances.CreateAsync(wanted)).Value!;
        var port = (
            await inventory.Ports.CreateAsync(
                new PortEntry
                {
                    NetworkId = networkId,
                    DeviceId = instance.Id,
                    HostId = host,
                }
            )
        ).Value!;
        await TwoNetworks.WaitForNetworkAsync(networkId);
        return new(
            instance,
            port,
            await GuestNamespace.CreateAsync(
                Guid.Parse(networkId),
                Guid.Parse(port.Id),
                PhysicalAddress.Parse(port.MacAddress),
                mtu: 0,
                TestContext.Current.CancellationToken
            )
        );
    }

    /// <summary>Gets the lease by a real DHCP client.</summary>
    public Task<GuestLease> AcquireLeaseAsync() => _namespace.AcquireLeaseAsync(TestContext.Current.CancellationToken);

    public Task<Shell.Result> RunAsync(string program, params string[] arguments) =>
        Shell.TryAsync("ip", ["netns", "exec", Namespace, program, .. arguments]);

    /// <summary>What curl gets for a path, bytes as they came.</summary>
    public async Task<byte[]> GetAsync(string path)
    {
        var result = await RunAsync("curl", "-sS", "--fail", "--max-time", "20", "http://169.254.169.254" + path);
        Assert.True(result.Code == 0, $"{path}: {result.Error}");
        return result.Bytes;
    }

    /// <summary>The uuid that the guest is told.</summary>
    public async Task<string> UuidAsync() =>
        JsonNode.Parse(await GetAsync("/openstack/latest/meta_data.json"))!["uuid"]!.GetValue<string>();

    /// <summary>The uuid that the guest is told; null when its connection ends without an answer.</summary>
    public async Task<string?> FindUuidAsync()
    {
        const int EmptyReply = 52;
        const int Reset = 56;
        var result = await RunAsync(
            "curl",
            "-sS",
            "--fail",
            "--max-time",
            "20",
            "http://169.254.169.254/openstack/latest/meta_data.json"
        );
        Assert.True(result.Code is 0 or EmptyReply or Reset, result.Error);
        return result.Code == 0 ? JsonNode.Parse(result.Bytes)!["uuid"]!.GetValue<string>() : null;
    }

    /// <summary>Sends each request, byte for byte, over a connection of its own.</summary>
    public async Task<RawAnswer[]> SendAsync(IEnumerable<string> requests)
    {
        var input = JsonSerializer.SerializeToUtf8Bytes(
            requests.Select(request => Convert.ToBase64String(Encoding.Latin1.GetBytes(request)))
        );
        var result = await Shell.TryAsync(
            "ip",
            [
                "netns",
                "exec",
                Namespace,
                "/usr/bin/python3",
                Path.Combine(AppContext.BaseDirectory, "Rig/raw-client.py"),
            ],
            input
        );
        Assert.True(result.Code == 0, result.Error);
        return JsonSerializer.Deserialize<string?[]>(result.Bytes)!.Select(RawAnswer.Parse).ToArray();
    }

    /// <summary>Sends one request with these header lines besides Host.</summary>
    public async Task<RawAnswer> SendAsync(string method, string target, params string[] headers)
    {
        var lines = string.Concat(headers.Select(header => header + "\r\n"));
        return (await SendAsync([$"{method} {target} HTTP/1.1\r\nHost: 169.254.169.254\r\n{lines}\r\n"]))[0];
    }

    public ValueTask DisposeAsync() => _namespace.DisposeAsync();
}

/// <summary>What came back for a raw request.</summary>
/// <param name="Status">0 when nothing came.</param>
sealed record RawAnswer(int Status, string Head, string Body)
{
    public static RawAnswer Parse(string? base64)
    {
        var text = base64 is null ? "" : Encoding.Latin1.GetString(Convert.FromBase64String(base64));
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end < 0 ? new(0, text, "") : new(int.Parse(text.AsSpan(9, 3)), text[..end], text[(end + 4)..]);
    }
}
