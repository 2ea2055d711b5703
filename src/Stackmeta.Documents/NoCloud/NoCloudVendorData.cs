using System.Text;
using System.Text.Json;

namespace Stackmeta.Documents;

/// <summary>
/// vendor-data of a seed. cloud-init takes from OpenStack's vendor_data.json the text that it is, or the texts under the key
/// <c>cloud-init</c> (spec/guest-clients.md §1), and gives NoCloud's vendor-data the same treatment as they are.
/// </summary>
static class NoCloudVendorData
{
    static readonly JsonDocumentOptions _anyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>Null if cloud-init would take nothing from it.</summary>
    public static byte[]? From(ReadOnlyMemory<byte>? staticVendorData)
    {
        if (staticVendorData is not { } json)
        {
            return null;
        }
        using var document = JsonDocument.Parse(PythonJsonNumbers.Replace(json), _anyDepth);
        var root = document.RootElement;
        if (root.ValueKind is JsonValueKind.Object)
        {
            if (!root.TryGetProperty("cloud-init", out root))
            {
                return null;
            }
        }
        return root.ValueKind switch
        {
            JsonValueKind.String when Text(root) is { Length: > 0 } text => Encoding.UTF8.GetBytes(text),
            // Several parts: an archive is a YAML list, and so is a JSON list.
            JsonValueKind.Array => Encoding.UTF8.GetBytes("#cloud-config-archive\n" + root.GetRawText() + "\n"),
            _ => null,
        };
    }

    /// <summary>The text; null if it holds half of a surrogate pair, which cloud-init cannot encode either.</summary>
    static string? Text(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
