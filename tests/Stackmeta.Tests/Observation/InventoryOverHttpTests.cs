using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary>The inventory on the admin socket, and the document that describes it.</summary>
public sealed class InventoryOverHttpTests
{
    [Fact]
    public async Task An_entry_is_created_shown_changed_and_deleted()
    {
        await using var path = await ObservedPath.StartAsync();
        var created = await SendAsync(path, "POST", "/inventory/networks", """{"name": "lab", "mtu": 1450}""");
        Assert.Equal(201, created.Status);
        var id = Json(created).GetProperty("id").GetString();
        Assert.Equal($"/inventory/networks/{id}", created["Location"]);

        Assert.Equal(1450, Json(await SendAsync(path, "GET", "/inventory/networks/lab")).GetProperty("mtu").GetInt32());
        var changed = await SendAsync(
            path,
            "PATCH",
            $"/inventory/networks/{id}",
            """{"name": "lab two", "mtu": null}"""
        );
        Assert.Equal("lab two", Json(changed).GetProperty("name").GetString());
        Assert.False(Json(changed).TryGetProperty("mtu", out _));
        Assert.Equal(200, (await SendAsync(path, "GET", "/inventory/networks/lab%20two")).Status);

        Assert.Equal(200, (await SendAsync(path, "DELETE", $"/inventory/networks/{id}")).Status);
        Assert.Equal(404, (await SendAsync(path, "GET", $"/inventory/networks/{id}")).Status);
    }

    [Theory]
    [InlineData("POST", "/inventory/networks", """{"nmae": "lab"}""", 400, "nmae")]
    [InlineData("POST", "/inventory/networks", """{"name": 3}""", 400, "name")]
    [InlineData("POST", "/inventory/networks", """{"name": "a"} x""", 400, "")]
    [InlineData("POST", "/inventory/networks", "[", 400, "")]
    [InlineData("POST", "/inventory/networks", "", 400, "")]
    [InlineData("POST", "/inventory/networks", """{"name": "a", "mtu": 3}""", 400, "mtu")]
    [InlineData("PATCH", "/inventory/networks/NETWORK", """{"mtu": "x"}""", 400, "mtu")]
    [InlineData("PATCH", "/inventory/networks/none", """{"mtu": 1500}""", 404, "")]
    [InlineData("DELETE", "/inventory/networks/NETWORK", "", 409, "")]
    [InlineData("POST", "/inventory/subnets", """{"network_id": "none", "cidr": "10.7.0.0/24"}""", 400, "network_id")]
    public async Task What_is_wrong_is_told_by_its_path_and_changes_nothing(
        string method,
        string target,
        string body,
        int status,
        string where
    )
    {
        await using var path = await ObservedPath.StartAsync();
        var before = await path.AdminAsync("/inventory/networks");
        var answer = await SendAsync(path, method, target.Replace("NETWORK", path.Network), body);
        Assert.Equal(status, answer.Status);
        var error = Json(answer).GetProperty("errors")[0];
        Assert.Equal(where, error.GetProperty("path").GetString());
        Assert.NotEmpty(error.GetProperty("reason").GetString()!);
        Assert.Equal(before, await path.AdminAsync("/inventory/networks"));
    }

    [Theory]
    [InlineData("POST", "/inventory/networks", "{\n\"name\": \"#\"}", "name", 2)]
    [InlineData("POST", "/inventory/networks", "{\"name\": \"a\",\n\n\"#\": 1}", "", 3)]
    [InlineData("PATCH", "/inventory/networks/NETWORK", "{\"name\":\n\"#\"}", "name", 2)]
    [InlineData("POST", "/inventory/instances", "{\"metadata\": {\"a\": \"#\"}}", "metadata.a", 1)]
    [InlineData("POST", "/inventory/networks", "\n\n#", "", 3)]
    public async Task What_is_no_Unicode_is_refused(string method, string target, string body, string where, int line)
    {
        await using var path = await ObservedPath.StartAsync();
        var before = await path.AdminAsync("/inventory/networks");
        foreach (var fault in new[] { @"\ud800", @"\udc00\ud800", "\u00ff", "\u00ed\u00a0\u0080" })
        {
            var answer = await SendAsync(
                path,
                method,
                target.Replace("NETWORK", path.Network),
                body.Replace("#", fault)
            );
            Assert.Equal(400, answer.Status);
            var error = Json(answer).GetProperty("errors")[0];
            Assert.Equal((where, line), (error.GetProperty("path").GetString(), error.GetProperty("line").GetInt32()));
        }
        foreach (
            var target2 in new[]
            {
                "/inventory/networks/%ff",
                "/inventory/networks/%ed%a0%80",
                "/inventory/networks/%00",
            }
        )
        {
            Assert.InRange((await SendAsync(path, "GET", target2)).Status, 400, 404);
        }
        Assert.Equal(before, await path.AdminAsync("/inventory/networks"));
    }

    [Fact]
    public async Task A_list_shows_no_user_data_and_no_password()
    {
        await using var path = await ObservedPath.StartAsync();
        await path.Inventory.Instances.ChangeAsync(
            path.Port.DeviceId,
            entry => entry with { UserData = "canary"u8.ToArray(), Password = "canary-2" },
            default
        );
        var list = await path.AdminAsync("/inventory/instances");
        Assert.Contains(path.Port.DeviceId, list);
        Assert.DoesNotContain("user_data", list);
        Assert.DoesNotContain("canary", list);
    }

    [Fact]
    public async Task A_change_over_http_reaches_guests()
    {
        await using var path = await ObservedPath.StartAsync();
        Assert.DoesNotContain("renamed", (await path.GuestAsync("/latest/meta-data/hostname")).Text);
        var answer = await SendAsync(
            path,
            "PATCH",
            $"/inventory/instances/{path.Port.DeviceId}",
            """{"hostname": "renamed"}"""
        );
        Assert.Equal(200, answer.Status);
        for (var look = 0; look < 400; look++)
        {
            if (
                (await path.GuestAsync("/latest/meta-data/hostname")).Text.StartsWith(
                    "renamed",
                    StringComparison.Ordinal
                )
            )
            {
                return;
            }
            await Task.Delay(25);
        }
        Assert.Fail("the guest is still told the old name");
    }

    [Fact]
    public async Task The_document_describes_what_there_is_and_nothing_else()
    {
        await using var path = await ObservedPath.StartAsync();
        using var document = JsonDocument.Parse(await path.AdminAsync("/openapi.json"));
        Assert.Equal("3.1.0", document.RootElement.GetProperty("openapi").GetString());
        var described = document
            .RootElement.GetProperty("paths")
            .EnumerateObject()
            .SelectMany(template =>
                template.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {template.Name}")
            );
        var listed = (await path.AdminAsync("/"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(2)));
        Assert.Equal(listed.Order(), described.Order());

        var text = document.RootElement.GetRawText();
        var schemas = document.RootElement.GetProperty("components").GetProperty("schemas");
        foreach (
            Match reference in Regex.Matches(
                text,
                "\"#/components/schemas/(?<name>[A-Za-z]+)\"",
                RegexOptions.NonBacktracking
            )
        )
        {
            Assert.True(schemas.TryGetProperty(reference.Groups["name"].Value, out _), reference.Value);
        }
        Assert.True(schemas.GetProperty("Network").GetProperty("properties").TryGetProperty("mtu", out _));
    }

    /// <summary>Each described answer that needs no body is one that is given.</summary>
    [Fact]
    public async Task Each_described_path_answers_with_a_described_status()
    {
        await using var path = await ObservedPath.StartAsync();
        using var document = JsonDocument.Parse(await path.AdminAsync("/openapi.json"));
        foreach (var template in document.RootElement.GetProperty("paths").EnumerateObject())
        {
            if (template.Name == "/trace" || !template.Value.TryGetProperty("get", out var get))
            {
                continue;
            }
            var answer = await SendAsync(path, "GET", template.Name.Replace("{id}", "none"));
            Assert.True(
                get.GetProperty("responses").TryGetProperty($"{answer.Status}", out var response),
                $"{template.Name} answers {answer.Status}"
            );
            var type = response.GetProperty("content").EnumerateObject().First().Name;
            Assert.StartsWith(type, answer["Content-Type"]);
        }
    }

    static JsonElement Json(RawAnswer answer)
    {
        using var document = JsonDocument.Parse(answer.Text);
        return document.RootElement.Clone();
    }

    static Task<RawAnswer> SendAsync(ObservedPath path, string method, string target, string body = "") =>
        RawHttp.AskAsync(
            new UnixDomainSocketEndPoint(path.AdminSocket),
            $"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {Encoding.Latin1.GetByteCount(body)}\r\n\r\n{body}"
        );
}
