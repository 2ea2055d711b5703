using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Stackmeta.Admin;
using Stackmeta.Inventory;

namespace Stackmeta.Fuzz;

/// <summary>The operator's connection to the admin socket, with an inventory behind it.</summary>
sealed class AdminHop : HopTarget
{
    static readonly string[] Requests =
    [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /inventory/instances HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /inventory/ports/%41%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "DELETE /inventory/networks/lab HTTP/1.1\r\nHost: a\r\n\r\n",
        With("POST", "networks", """{"name": "lab"}"""),
        With("POST", "networks", """{"name": "\ud800"}"""),
        With("POST", "subnets", """{"network_id": "lab", "cidr": "10.77.0.0/24"}"""),
        With("POST", "instances", """{"name": "web-1", "user_data": "aGVsbG8=", "metadata": {"a": "b"}}"""),
        With(
            "POST",
            "ports",
            """{"network_id": "lab", "device_id": "web-1", "fixed_ips": [{"ip_address": "10.77.0.9"}]}"""
        ),
        With("PATCH", "instances/web-1", """{"password": "abc", "keys": [null]}"""),
        With("PUT", "instances/web-1", """{"name": 1}"""),
    ];

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stackmeta-fuzz-");
    readonly SqliteInventory _inventory;
    AdminServer? _server;

    AdminHop() => _inventory = SqliteInventory.Open(Path.Combine(_folder.FullName, "i.db"), TimeProvider.System);

    public override ImmutableArray<byte[]> Samples { get; } = [.. Requests.Select(Bytes)];

    public override ImmutableArray<byte[]> Words =>
        [
            .. RecordedRequests.Words,
            .. ((string[])["null", "{}", "[", "\"\\ud800\"", "1e999", "\u00ff", "-1"]).Select(Bytes),
        ];

    protected override EndPoint EndPoint => new UnixDomainSocketEndPoint(SocketPath);

    string SocketPath => Path.Combine(_folder.FullName, "admin.sock");

    public static async Task<FuzzTarget> StartAsync()
    {
        var hop = new AdminHop();
        hop._server = await AdminServer.StartAsync(
            hop.SocketPath,
            takeOver: false,
            InventoryRoutes.Of(hop._inventory),
            hop.Log,
            CancellationToken.None
        );
        return hop;
    }

    protected override bool Changes(StrictRequest request) => request.Method is not ("GET" or "HEAD");

    /// <summary>
    /// Kestrel's own transport, which this socket has, takes the end of what a client sends for the end of the connection, and may end it
    /// before it has answered.
    /// </summary>
    protected override bool IsSame(string whole, string cut) =>
        whole.StartsWith(cut, StringComparison.Ordinal) || cut.StartsWith(whole, StringComparison.Ordinal);

    static string With(string method, string where, string body) =>
        $"{method} /inventory/{where} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    protected override async ValueTask CloseAsync()
    {
        await _server!.DisposeAsync();
        _inventory.Dispose();
        _folder.Delete(recursive: true);
    }
}
