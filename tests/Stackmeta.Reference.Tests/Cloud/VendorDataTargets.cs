using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Stackmeta.Reference.Tests;

/// <summary>The dynamic vendor data targets that answered while the recordings were made.</summary>
static class VendorDataTargets
{
    const string Json = "application/json";

    static readonly string[] ShownHeaders = ["content-type", "accept", "user-agent", "x-auth-token"];

    public static async Task<(int, string, string)> AnswerAsync(HttpListenerContext context)
    {
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body);
        switch (context.Request.Url!.AbsolutePath)
        {
            case "/dyn":
                return (200, Json, Echo(context.Request, body.ToArray()));
            case "/fail500":
                return (500, Json, """{"error": "boom"}""");
            case "/nojson":
                return (200, "text/html", "<html>not json</html>");
            case "/empty":
                return (200, Json, "");
            case "/list":
                return (200, Json, """[1, 2.50, null, "x", {"a": []}]""");
            case "/slow":
                await Task.Delay(TimeSpan.FromSeconds(20));
                return (200, Json, """{"slow": true}""");
            default:
                return (200, Json, """{"never": "seen: already there"}""");
        }
    }

    // The order of keys and headers is that of the request, since the recordings hold it.
    static string Echo(HttpListenerRequest request, byte[] raw)
    {
        var sent = JsonNode.Parse(raw)!.AsObject();
        var keys = sent.Select(pair => pair.Key).Order(StringComparer.Ordinal).ToArray();
        var userData = (string?)sent["user-data"];
        sent.Remove("user-data");
        var headers = new JsonObject();
        foreach (var name in request.Headers.AllKeys.Where(name => ShownHeaders.Contains(name!.ToLowerInvariant())))
        {
            headers[name!.ToLowerInvariant()] = request.Headers[name];
        }
        return new JsonObject
        {
            ["echo"] = sent.DeepClone(),
            ["user-data-sha256"] = userData is { Length: > 0 } ? Hash(Encoding.UTF8.GetBytes(userData)) : null,
            ["keys"] = new JsonArray([.. keys.Select(key => JsonValue.Create(key))]),
            ["raw_sha256"] = Hash(raw),
            ["request_headers"] = headers,
            ["unicode"] = "дельта \u2603 \U0001F600",
        }.ToJsonString();
    }

    static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
