using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;

namespace Stackmeta.Reference.Tests;

/// <summary>What a real neutron-metadata-agent and a real Neutron answered (data/neutron).</summary>
static class NeutronRecordings
{
    /// <summary>Requests on the agent's socket with its answers.</summary>
    public static Recording Read(string name)
    {
        using var document = Open(name);
        var root = document.RootElement;
        var headers = root.GetProperty("headers").EnumerateArray().Select(Headers).ToArray();
        var bodies = root.GetProperty("bodies").EnumerateArray().Select(body => Recording.Bytes(body)!).ToArray();
        return Of(
            name,
            [
                .. root.GetProperty("requests")
                    .EnumerateArray()
                    .Select(request => RecordedRequest.Read(request, headers, bodies)),
            ]
        );
    }

    /// <summary>Requests that need no proof of the caller.</summary>
    public static Recording Of(string name, ImmutableArray<RecordedRequest> requests) =>
        new()
        {
            Name = name,
            Uuid = "",
            Cell = "",
            IsSequence = false,
            IsVariant = false,
            IsOtherServer = false,
            CacheSeconds = 0,
            Proof = [],
            Requests = requests,
        };

    public static JsonDocument Open(string name)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "data", "neutron", $"{name}.json.gz");
        using var compressed = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        return JsonDocument.Parse(compressed);
    }

    static KeyValuePair<string, string>[] Headers(JsonElement pairs) =>
        [.. pairs.EnumerateArray().Select(pair => KeyValuePair.Create(pair[0].GetString()!, pair[1].GetString()!))];
}
