using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;

namespace Stackmeta.Tests.Support;

/// <summary>
/// The requests of a real client (<c>Support/traces</c>): recorded while it ran against a server that answers as Nova does, or listed from
/// its source and measured.
/// </summary>
public static class ClientTrace
{
    /// <summary>The names of all traces.</summary>
    public static IEnumerable<string> Names =>
        Directory
            .EnumerateFiles(Folder, $"*{Ending}")
            .Select(file => Path.GetFileName(file)[..^Ending.Length])
            .Order(StringComparer.Ordinal);

    const string Ending = ".jsonl.gz";

    static string Folder => Path.Combine(AppContext.BaseDirectory, "traces");

    /// <summary>In the order in which they were sent.</summary>
    public static ImmutableArray<ClientRequest> Read(string name)
    {
        using var compressed = new GZipStream(
            File.OpenRead(Path.Combine(Folder, name + Ending)),
            CompressionMode.Decompress
        );
        using var lines = new StreamReader(compressed);
        var requests = ImmutableArray.CreateBuilder<ClientRequest>();
        while (lines.ReadLine() is { } line)
        {
            using var row = JsonDocument.Parse(line);
            requests.Add(ClientRequest.Of(row.RootElement));
        }
        return requests.ToImmutable();
    }
}

/// <summary>One request.</summary>
public sealed record ClientRequest
{
    /// <summary>Requests with the same number went over the same connection.</summary>
    public required int Connection { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    public required ImmutableArray<KeyValuePair<string, string>> Headers { get; init; }

    /// <summary>Whether it went to the link-local address.</summary>
    public required bool IsIpv6 { get; init; }

    /// <summary>What the recording server answered; null for a request that was not recorded.</summary>
    public required int? Status { get; init; }

    public string? Accept =>
        Headers.FirstOrDefault(header => header.Key.Equals("Accept", StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>As it went over the wire. What the client made up itself, a token or a password, stands for any of its length.</summary>
    public string Text
    {
        get
        {
            var lines = string.Concat(Headers.Select(header => $"{header.Key}: {header.Value}\r\n"));
            return $"{Method} {Path} HTTP/1.1\r\n{lines}\r\n{new string('A', BodyLength)}";
        }
    }

    int BodyLength =>
        int.TryParse(
            Headers
                .FirstOrDefault(header => header.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                .Value,
            out var length
        )
            ? length
            : 0;

    internal static ClientRequest Of(JsonElement row) =>
        new()
        {
            Connection = row.GetProperty("conn").GetInt32(),
            Method = row.GetProperty("method").GetString()!,
            Path = row.GetProperty("path").GetString()!,
            Headers =
            [
                .. row.GetProperty("headers")
                    .EnumerateArray()
                    .Select(header => KeyValuePair.Create(header[0].GetString()!, header[1].GetString()!)),
            ],
            IsIpv6 = StartsWith(row, "peer", "fe80:") || StartsWith(row, "to", "[fe80:"),
            Status = row.TryGetProperty("status", out var status) ? status.GetInt32() : null,
        };

    static bool StartsWith(JsonElement row, string name, string beginning) =>
        row.TryGetProperty(name, out var value) && value.GetString()!.StartsWith(beginning, StringComparison.Ordinal);
}
