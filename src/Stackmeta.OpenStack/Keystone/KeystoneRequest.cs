using System.Buffers;
using System.Text.Json;

namespace Stackmeta.OpenStack;

/// <summary>The body of <c>POST /v3/auth/tokens</c> (https://docs.openstack.org/api-ref/identity/v3/).</summary>
static class KeystoneRequest
{
    public static byte[] Write(KeystoneOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("auth");
            json.WriteStartObject("identity");
            if (options.ApplicationCredentialSecret is not null)
            {
                WriteApplicationCredential(json, options);
            }
            else
            {
                WritePassword(json, options);
            }
            json.WriteEndObject();
            WriteScope(json, options);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    static void WritePassword(Utf8JsonWriter json, KeystoneOptions options)
    {
        WriteMethod(json, "password");
        json.WriteStartObject("password");
        json.WriteStartObject("user");
        WriteUser(json, options);
        json.WriteString("password", options.Password);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void WriteApplicationCredential(Utf8JsonWriter json, KeystoneOptions options)
    {
        WriteMethod(json, "application_credential");
        json.WriteStartObject("application_credential");
        if (options.ApplicationCredentialId is not null)
        {
            json.WriteString("id", options.ApplicationCredentialId);
        }
        else
        {
            json.WriteString("name", options.ApplicationCredentialName);
            json.WriteStartObject("user");
            WriteUser(json, options);
            json.WriteEndObject();
        }
        json.WriteString("secret", options.ApplicationCredentialSecret);
        json.WriteEndObject();
    }

    static void WriteMethod(Utf8JsonWriter json, string method)
    {
        json.WriteStartArray("methods");
        json.WriteStringValue(method);
        json.WriteEndArray();
    }

    static void WriteUser(Utf8JsonWriter json, KeystoneOptions options)
    {
        if (options.UserId is not null)
        {
            json.WriteString("id", options.UserId);
            return;
        }
        json.WriteString("name", options.Username);
        WriteDomain(json, options.UserDomainId, options.UserDomainName);
    }

    static void WriteScope(Utf8JsonWriter json, KeystoneOptions options)
    {
        if (options.ApplicationCredentialSecret is not null)
        {
            return;
        }
        if (options.SystemScope is not null)
        {
            json.WriteStartObject("scope");
            json.WriteStartObject("system");
            json.WriteBoolean(options.SystemScope, value: true);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        else if (options.ProjectId is not null || options.ProjectName is not null)
        {
            json.WriteStartObject("scope");
            json.WriteStartObject("project");
            if (options.ProjectId is not null)
            {
                json.WriteString("id", options.ProjectId);
            }
            else
            {
                json.WriteString("name", options.ProjectName);
                WriteDomain(json, options.ProjectDomainId, options.ProjectDomainName);
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    static void WriteDomain(Utf8JsonWriter json, string? id, string? name)
    {
        if (id is not null || name is not null)
        {
            json.WriteStartObject("domain");
            json.WriteString(id is not null ? "id" : "name", id ?? name);
            json.WriteEndObject();
        }
    }
}
