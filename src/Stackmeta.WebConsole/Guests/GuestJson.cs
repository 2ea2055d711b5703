using System.Text.Json;
using Stackmeta.Admin;

namespace Stackmeta.WebConsole;

/// <summary>A guest as the page reads it.</summary>
static class GuestJson
{
    public static void Write(Utf8JsonWriter json, GuestRow row)
    {
        json.WriteStartObject();
        json.WriteString("title", row.Title);
        json.WriteString("addresses", string.Join(", ", row.Addresses));
        json.WriteString("network_id", row.Network);
        json.WriteString("instance", row.Instance);
        // By these three the page asks for more of it.
        json.WriteString("asked", row.Name.Asked);
        json.WriteString("network", row.Name.Network);
        json.WriteString("router", row.Name.Router);
        WriteLast(json, "last", row.Last);
        WriteLast(json, "refused", row.Refused);
        json.WriteEndObject();
    }

    static void WriteLast(Utf8JsonWriter json, string name, TracedRequest? request)
    {
        if (request is null)
        {
            json.WriteNull(name);
            return;
        }
        json.WriteStartObject(name);
        PictureJson.WriteRequest(json, request);
        json.WriteEndObject();
    }
}
