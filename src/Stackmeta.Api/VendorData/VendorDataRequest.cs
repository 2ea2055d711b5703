using System.Buffers;
using System.Text.Json;
using Stackmeta.Core.Instances;
using Stackmeta.Documents;

namespace Stackmeta.Api;

/// <summary>What a target is told about an instance (spec/nova-metadata.md §5.3).</summary>
static class VendorDataRequest
{
    /// <summary>The body of the POST. The administrator's password is never in it.</summary>
    public static ReadOnlyMemory<byte> BodyFor(Instance instance)
    {
        var plain = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(plain))
        {
            json.WriteStartObject();
            json.WriteString("project-id", instance.ProjectId);
            json.WriteString("instance-id", instance.Uuid);
            json.WriteString("image-id", instance.ImageRef);
            if (instance.UserDataText is { } text)
            {
                json.WriteString("user-data", text);
            }
            else if (instance.UserData is { } userData)
            {
                json.WriteBase64String("user-data", userData.Span);
            }
            else
            {
                json.WriteNull("user-data");
            }
            json.WriteString("hostname", instance.Hostname);
            json.WriteStartObject("metadata");
            foreach (var item in instance.Metadata)
            {
                json.WriteString(item.Key, item.Value);
            }
            json.WriteEndObject();
            json.WriteString("boot-roles", instance.BootRoles);
            json.WriteEndObject();
        }
        var body = new ArrayBufferWriter<byte>(plain.WrittenCount * 2);
        PythonJson.TryRewrite(plain.WrittenSpan, body);
        return body.WrittenMemory;
    }
}
