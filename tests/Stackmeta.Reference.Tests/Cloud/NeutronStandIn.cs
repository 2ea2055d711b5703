using System.Collections.Specialized;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using MySqlConnector;
using Stackmeta.OpenStack.Tests;

namespace Stackmeta.Reference.Tests;

/// <summary>
/// Keystone and Neutron in one: answers lists of ports and security groups from the recorded database, as the real ones did.
/// </summary>
sealed class NeutronStandIn(MariaDbServer server, string database)
{
    const string Json = "application/json";

    public async Task<(int, string, string)> AnswerAsync(HttpListenerContext context)
    {
        var request = context.Request;
        if (request.HttpMethod == "POST")
        {
            context.Response.AddHeader("X-Subject-Token", "token");
            var url = $"http://127.0.0.1:{request.LocalEndPoint.Port}";
            return (
                201,
                Json,
                JsonSerializer.Serialize(
                    new
                    {
                        token = new
                        {
                            expires_at = "2099-01-01T00:00:00.000000Z",
                            catalog = new[]
                            {
                                new
                                {
                                    type = "network",
                                    name = "neutron",
                                    endpoints = new[]
                                    {
                                        new
                                        {
                                            @interface = "internal",
                                            region_id = "RegionOne",
                                            url,
                                        },
                                    },
                                },
                            },
                        },
                    }
                )
            );
        }
        if (request.QueryString["advanced_service_providers"] is not null)
        {
            // The recorded Neutron did not have that extension.
            return (400, Json, "{}");
        }
        var items = request.Url!.AbsolutePath switch
        {
            "/v2.0/ports" => await PortsAsync(request.QueryString),
            "/v2.0/security-groups" => await RowsAsync(
                $"SELECT id, name FROM securitygroups WHERE {Among("id", request.QueryString.GetValues("id"))} ORDER BY id"
            ),
            _ => null,
        };
        return items is null
            ? (404, Json, "{}")
            : (200, Json, new JsonObject { [request.Url.Segments[^1].Replace('-', '_')] = items }.ToJsonString());
    }

    async Task<JsonArray> PortsAsync(NameValueCollection query)
    {
        var addresses = query.GetValues("fixed_ips")?.Select(filter => filter.Split('=', 2)[1]).ToArray();
        var ports = await RowsAsync(
            $"""
            SELECT p.id, p.network_id, p.device_id, p.device_owner, p.project_id, p.mac_address FROM ports p
            WHERE {Among("p.network_id", query.GetValues("network_id"))} AND {Among(
                "p.device_id",
                query.GetValues("device_id")
            )}
              AND {Among("p.device_owner", query.GetValues("device_owner"))} AND {Among(
                "p.mac_address",
                query.GetValues("mac_address")
            )}
              AND {(
                addresses is null
                    ? "1=1"
                    : $"p.id IN (SELECT port_id FROM ipallocations WHERE {Among("ip_address", addresses)})"
            )}
            ORDER BY p.id
            """
        );
        foreach (var port in ports)
        {
            var id = (string)port!["id"]!;
            port["fixed_ips"] = await RowsAsync(
                $"SELECT ip_address, subnet_id FROM ipallocations WHERE port_id = '{id}'"
            );
            port["security_groups"] = new JsonArray([
                .. (
                    await RowsAsync(
                        $"SELECT security_group_id AS id FROM securitygroupportbindings WHERE port_id = '{id}' ORDER BY security_group_id"
                    )
                ).Select(row => JsonValue.Create((string)row!["id"]!)),
            ]);
        }
        return ports;
    }

    async Task<JsonArray> RowsAsync(string sql)
    {
        await using var connection = new MySqlConnection(server.AdminConnectionString(database));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var row = await command.ExecuteReaderAsync();
        var rows = new JsonArray();
        while (await row.ReadAsync())
        {
            var item = new JsonObject();
            for (var i = 0; i < row.FieldCount; i++)
            {
                item[row.GetName(i)] = row.IsDBNull(i) ? null : JsonValue.Create(row.GetString(i));
            }
            rows.Add((JsonNode)item);
        }
        return rows;
    }

    static string Among(string column, string[]? values) =>
        values is null
            ? "1=1"
            : $"{column} IN ({string.Join(',', values.Select(value => $"'{MySqlHelper.EscapeString(value)}'"))})";
}
