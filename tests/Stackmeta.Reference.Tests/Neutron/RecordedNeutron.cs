using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.OpenStack;

namespace Stackmeta.Reference.Tests;

/// <summary>Keystone and Neutron in one: the recorded token, and the recorded ports under the filters of a request.</summary>
sealed class RecordedNeutron : IAsyncDisposable
{
    const string Json = "application/json";

    static readonly string[] InterfaceOwners =
    [
        "network:router_interface",
        "network:ha_router_replicated_interface",
        "network:router_interface_distributed",
    ];

    readonly JsonNode _token;
    readonly JsonArray _ports;
    readonly TestListener _listener;
    readonly List<IDisposable> _clients = [];

    public RecordedNeutron()
    {
        using var document = NeutronRecordings.Open("rest");
        Recorded = [.. document.RootElement.GetProperty("answers").EnumerateArray().Select(answer => answer.Clone())];
        _token = Node("password token, as nova asks for one");
        _ports = (JsonArray)Node("all ports")["ports"]!;
        _listener = new(AnswerAsync);
    }

    /// <summary>All recorded requests and answers.</summary>
    public IReadOnlyList<JsonElement> Recorded { get; }

    /// <summary>Where Keystone is.</summary>
    public Uri AuthUrl => new($"http://127.0.0.1:{_listener.Port}/v3");

    /// <summary>Path and query of each request to Neutron.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>How long each answer takes.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Whether a router is attached to any network.</summary>
    public bool HasInterfaces(string router) =>
        _ports.Any(port => Text(port, "device_id") == router && InterfaceOwners.Contains(Text(port, "device_owner")));

    /// <summary>Puts other ports in the place of the recorded ones.</summary>
    public void Replace(IEnumerable<JsonNode> ports)
    {
        _ports.Clear();
        foreach (var port in ports)
        {
            _ports.Add(port);
        }
    }

    /// <summary>Our look-up in it.</summary>
    /// <param name="time">The clock of what it keeps.</param>
    public NeutronPortDirectory Directory(TimeProvider? time = null)
    {
        var keystone = new KeystoneSession(
            new()
            {
                AuthUrl = AuthUrl,
                Username = "nova",
                UserDomainId = "default",
                Password = "any",
                ProjectName = "service",
                ProjectDomainId = "default",
            },
            NullLogger<KeystoneSession>.Instance,
            TimeProvider.System
        );
        var client = new NeutronClient(
            new() { Endpoint = new() { RegionName = "RegionOne" } },
            keystone,
            NullLogger<NeutronClient>.Instance,
            time ?? TimeProvider.System
        );
        _clients.AddRange([client, keystone]);
        return new(client);
    }

    /// <summary>What Neutron answers to filters: as the recorded one, whose database compares texts without regard to case.</summary>
    public JsonArray Find(IReadOnlyDictionary<string, string[]> filters) =>
        new([
            .. _ports
                .Where(port => filters.All(filter => Fits(port!, filter.Key, filter.Value)))
                .Select(port => port!.DeepClone()),
        ]);

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _listener.DisposeAsync();
    }

    async Task<(int, string, string)> AnswerAsync(HttpListenerContext context)
    {
        var request = context.Request;
        if (request.HttpMethod == "POST")
        {
            context.Response.AddHeader("X-Subject-Token", "token");
            // The recorded catalogue, with this listener for Neutron, and a life that does not end meanwhile.
            var token = _token
                .ToJsonString()
                .Replace("http://127.0.0.1:9696", $"http://127.0.0.1:{_listener.Port}", StringComparison.Ordinal);
            var node = JsonNode.Parse(token)!;
            node["token"]!["expires_at"] = "2099-01-01T00:00:00.000000Z";
            return (201, Json, node.ToJsonString());
        }
        Asked.Enqueue(Uri.UnescapeDataString(request.Url!.PathAndQuery));
        await Task.Delay(Delay);
        var filters = request
            .QueryString.AllKeys.Where(name => name is not null and not "fields")
            .ToDictionary(name => name!, name => request.QueryString.GetValues(name)!);
        return request.Url.AbsolutePath == "/v2.0/ports"
            ? (200, Json, new JsonObject { ["ports"] = Find(filters) }.ToJsonString())
            : (404, Json, "{}");
    }

    JsonNode Node(string note) =>
        JsonNode.Parse(
            Recorded.Single(answer => answer.GetProperty("note").GetString() == note).GetProperty("body").GetRawText()
        )!;

    static bool Fits(JsonNode port, string filter, string[] values) =>
        filter == "fixed_ips"
            ? port["fixed_ips"]!
                .AsArray()
                .Any(ip => values.Contains($"ip_address={Text(ip, "ip_address")}", StringComparer.OrdinalIgnoreCase))
            : values.Contains(Text(port, filter), StringComparer.OrdinalIgnoreCase);

    static string Text(JsonNode? node, string name) => (string?)node?[name] ?? "";
}
