using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Stackmeta.Inventory;

namespace Stackmeta.Admin;

/// <summary>
/// The OpenAPI 3.1 document of an admin socket, made of its routes: what is asked for and what is described cannot differ.
/// </summary>
static class OpenApi
{
    public static void Write(Utf8JsonWriter json, IEnumerable<AdminRoute> routes)
    {
        var schemas = new SortedSet<string>(StringComparer.Ordinal);
        json.WriteStartObject();
        json.WriteString("openapi", "3.1.0");
        json.WriteStartObject("info");
        json.WriteString("title", "Stackmeta's admin socket");
        json.WriteString("version", "1");
        json.WriteEndObject();
        json.WriteStartObject("paths");
        foreach (var path in routes.GroupBy(static route => route.Template))
        {
            json.WriteStartObject(path.Key);
            foreach (var route in path)
            {
                WriteOperation(json, route, schemas);
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteStartObject("components");
        json.WriteStartObject("schemas");
        foreach (var name in schemas)
        {
            json.WritePropertyName(name);
            SchemaOf(name).WriteTo(json);
        }
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void WriteOperation(Utf8JsonWriter json, AdminRoute route, SortedSet<string> schemas)
    {
        json.WriteStartObject(route.Method.ToLowerInvariant());
        json.WriteString("summary", route.Summary);
        json.WriteStartArray("parameters");
        foreach (var part in route.Template.Split('/').Where(static part => part.StartsWith('{')))
        {
            WriteParameter(json, part.Trim('{', '}'), "path", "The entry's id or name.");
        }
        foreach (var parameter in route.Query)
        {
            WriteParameter(json, parameter.Name, "query", parameter.Description);
        }
        json.WriteEndArray();
        if (route.Body is { } body)
        {
            json.WriteStartObject("requestBody");
            json.WriteBoolean("required", true);
            WriteContent(json, AdminAnswer.Json, body, schemas);
            json.WriteEndObject();
        }
        json.WriteStartObject("responses");
        foreach (var response in route.Responses)
        {
            json.WriteStartObject(response.Status.ToString());
            json.WriteString("description", response.Description);
            if (response.ContentType is { } type)
            {
                WriteContent(json, type, response.Schema, schemas);
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void WriteParameter(Utf8JsonWriter json, string name, string place, string description)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("in", place);
        json.WriteBoolean("required", place == "path");
        json.WriteString("description", description);
        json.WriteStartObject("schema");
        json.WriteString("type", "string");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static void WriteContent(Utf8JsonWriter json, string type, string? schema, SortedSet<string> schemas)
    {
        json.WriteStartObject("content");
        json.WriteStartObject(type);
        if (schema is not null)
        {
            schemas.Add(schema);
            if (schema == "Refusals")
            {
                schemas.UnionWith(["Refusal", "Request"]);
            }
            json.WriteStartObject("schema");
            json.WriteString("$ref", $"#/components/schemas/{schema}");
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    static JsonNode SchemaOf(string name) =>
        name switch
        {
            "Network" => Of(InventoryJson.Default.NetworkEntry),
            "Subnet" => Of(InventoryJson.Default.SubnetEntry),
            "Router" => Of(InventoryJson.Default.RouterEntry),
            "Port" => Of(InventoryJson.Default.PortEntry),
            "Instance" => Of(InventoryJson.Default.InstanceEntry),
            "Networks" or "Subnets" or "Routers" or "Ports" or "Instances" => new JsonObject
            {
                ["type"] = "array",
                ["items"] = SchemaOf(name[..^1]),
            },
            "Errors" => JsonNode.Parse(
                """
                {"type": "object", "properties": {"errors": {"type": "array", "items": {"type": "object",
                 "properties": {"path": {"type": "string"}, "reason": {"type": "string"}, "line": {"type": "integer"}},
                 "required": ["path", "reason"]}}},
                 "required": ["errors"]}
                """
            )!,
            "Request" => JsonNode.Parse(
                """
                {"type": "object", "properties": {
                 "time": {"type": "string", "format": "date-time"}, "request_id": {"type": "string"}, "trace_id": {"type": ["string", "null"]},
                 "method": {"type": "string"}, "target": {"type": "string"}, "dialect": {"enum": ["openstack", "ec2", "other"]},
                 "status": {"type": "integer"}, "refusal": {"type": ["string", "null"]}, "refused_by": {"type": ["string", "null"]},
                 "scope": {"type": ["string", "null"]}, "scope_id": {"type": ["string", "null"]}, "address": {"type": ["string", "null"]},
                 "instance_id": {"type": ["string", "null"]}, "duration_ms": {"type": "number"},
                 "steps": {"type": "array", "items": {"type": "object", "properties": {"step": {"type": "string"},
                  "depth": {"type": "integer"}, "began_ms": {"type": "number"}, "duration_ms": {"type": "number"}}}}}}
                """
            )!,
            "Refusal" => JsonNode.Parse(
                """
                {"allOf": [{"$ref": "#/components/schemas/Request"}, {"type": "object", "properties": {
                 "count": {"type": "integer"}, "first": {"type": "string", "format": "date-time"}}}]}
                """
            )!,
            "Refusals" => JsonNode.Parse(
                """
                {"type": "object", "properties": {"total": {"type": "integer"},
                 "refusals": {"type": "array", "items": {"$ref": "#/components/schemas/Refusal"}}}, "required": ["total", "refusals"]}
                """
            )!,
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Not a schema."),
        };

    static JsonNode Of(JsonTypeInfo shape) => shape.GetJsonSchemaAsNode();
}
