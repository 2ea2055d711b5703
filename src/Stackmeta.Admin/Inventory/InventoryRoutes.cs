using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Stackmeta.Inventory;

namespace Stackmeta.Admin;

/// <summary>
/// The inventory over HTTP: what the commands do, by the same code, in the JSON form of documents (docs/inventory-document.md). What breaks
/// a rule is refused with its reasons and changes nothing.
/// </summary>
public static class InventoryRoutes
{
    static readonly AdminResponse Invalid = new(400, "A value breaks a rule.", AdminAnswer.Json, "Errors");
    static readonly AdminResponse NotFound = new(404, "It is not there.", AdminAnswer.Json, "Errors");
    static readonly AdminResponse Conflict = new(409, "Something else stands against it.", AdminAnswer.Json, "Errors");
    static readonly AdminResponse Unavailable = new(503, "The store is in trouble.", AdminAnswer.Json, "Errors");

    public static IEnumerable<AdminRoute> Of(IInventory inventory) =>
        [
            .. Kind("network", inventory.Networks, InventoryJson.Default.NetworkEntry, static entry => entry.Id),
            .. Kind("subnet", inventory.Subnets, InventoryJson.Default.SubnetEntry, static entry => entry.Id),
            .. Kind("router", inventory.Routers, InventoryJson.Default.RouterEntry, static entry => entry.Id),
            .. Kind("port", inventory.Ports, InventoryJson.Default.PortEntry, static entry => entry.Id),
            .. Kind(
                "instance",
                inventory.Instances,
                InventoryJson.Default.InstanceEntry,
                static entry => entry.Id,
                // Large or secret values are shown one by one only.
                static entry =>
                    entry with
                    {
                        UserData = null,
                        Password = "",
                    }
            ),
        ];

    static IEnumerable<AdminRoute> Kind<T>(
        string name,
        IEntries<T> entries,
        JsonTypeInfo<T> shape,
        Func<T, string> idOf,
        Func<T, T>? forList = null
    )
        where T : class
    {
        var (plural, schema) = (name + "s", char.ToUpperInvariant(name[0]) + name[1..]);
        var (all, one) = ($"/inventory/{plural}", $"/inventory/{plural}/{{id}}");
        var whole = new AdminResponse(200, "The entry.", AdminAnswer.Json, schema);
        return
        [
            new("GET", all, $"Lists {plural}.", request => ListAsync(request, entries, shape, forList))
            {
                Responses = [new(200, "All of them, as a JSON array.", AdminAnswer.Json, schema + "s"), Unavailable],
            },
            new(
                "POST",
                all,
                $"Creates one; what is left out is chosen.",
                request => CreateAsync(request, entries, shape, all, idOf)
            )
            {
                Body = schema,
                Responses = [whole with { Status = 201 }, Invalid, NotFound, Conflict, Unavailable],
            },
            new(
                "GET",
                one,
                "Shows one, by id or name.",
                async request =>
                    await AnswerAsync(request, await entries.FindAsync(request.Values[0], request.Aborted), shape)
            )
            {
                Responses = [whole, NotFound, Conflict, Unavailable],
            },
            new(
                "PATCH",
                one,
                "Changes the keys that are sent; null takes one away.",
                request => ChangeAsync(request, entries, shape)
            )
            {
                Body = schema,
                Responses = [whole, Invalid, NotFound, Conflict, Unavailable],
            },
            new(
                "DELETE",
                one,
                "Deletes one, and answers what it was.",
                async request =>
                    await AnswerAsync(request, await entries.DeleteAsync(request.Values[0], request.Aborted), shape)
            )
            {
                Responses = [whole, NotFound, Conflict, Unavailable],
            },
        ];
    }

    static async Task ListAsync<T>(
        AdminRequest request,
        IEntries<T> entries,
        JsonTypeInfo<T> shape,
        Func<T, T>? forList
    )
        where T : class
    {
        var all = new List<T>();
        await foreach (var entry in entries.ListAsync(request.Aborted))
        {
            all.Add(forList is null ? entry : forList(entry));
        }
        await AdminAnswer.JsonAsync(
            request,
            200,
            json =>
            {
                json.WriteStartArray();
                all.ForEach(entry => JsonSerializer.Serialize(json, entry, shape));
                json.WriteEndArray();
            }
        );
    }

    static async Task CreateAsync<T>(
        AdminRequest request,
        IEntries<T> entries,
        JsonTypeInfo<T> shape,
        string all,
        Func<T, string> idOf
    )
        where T : class
    {
        var read = EntryJson.Read(await ReadBodyAsync(request), shape);
        var created = read.IsRefused ? read : await entries.CreateAsync(read.Value, request.Aborted);
        if (!created.IsRefused)
        {
            request.Http.Response.Headers.Location = $"{all}/{idOf(created.Value)}";
        }
        await AnswerAsync(request, created, shape, 201);
    }

    static async Task ChangeAsync<T>(AdminRequest request, IEntries<T> entries, JsonTypeInfo<T> shape)
        where T : class
    {
        var change = EntryJson.ReadChange(await ReadBodyAsync(request), shape);
        await AnswerAsync(
            request,
            change.IsRefused
                ? change.Objections
                : await entries.ChangeAsync(request.Values[0], change.Value, request.Aborted),
            shape
        );
    }

    static Task AnswerAsync<T>(AdminRequest request, Outcome<T> outcome, JsonTypeInfo<T> shape, int status = 200)
        where T : class =>
        outcome.IsRefused
            ? AdminAnswer.ErrorAsync(request, outcome.Objections)
            : AdminAnswer.JsonAsync(request, status, json => JsonSerializer.Serialize(json, outcome.Value, shape));

    static async Task<byte[]> ReadBodyAsync(AdminRequest request)
    {
        using var body = new MemoryStream();
        await request.Http.Request.Body.CopyToAsync(body, request.Aborted);
        return body.ToArray();
    }
}
