using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Stackmeta;

/// <summary>One JSON document as text, for <c>--output json</c>.</summary>
static class JsonText
{
    // Names stay readable; what could forge lines or quotes is still escaped.
    static readonly JsonWriterOptions _options = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, _options))
        {
            write(writer);
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
