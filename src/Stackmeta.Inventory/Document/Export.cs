using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Stackmeta.Inventory;

/// <summary>Writes an inventory document, entry by entry.</summary>
static class Export
{
    // The writer buffers what is not flushed; user data makes entries of up to 64 KiB.
    const int FlushAfterBytes = 256 * 1024;

    static readonly JsonWriterOptions WriterOptions = new()
    {
        Indented = true,
        // The document is read by people and JSON parsers, never put into HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static async ValueTask RunAsync(SqlCommands sql, Stream document, CancellationToken cancellationToken)
    {
        await using var writer = new Utf8JsonWriter(document, WriterOptions);
        var json = InventoryJson.Default;
        writer.WriteStartObject();
        writer.WriteNumber(DocumentSections.VersionKey, DocumentSections.Version);
        await WriteAsync(DocumentSections.Networks, NetworkTable.Instance, json.NetworkEntry, entry => entry);
        // Where the DHCP server is stands among the ports.
        await WriteAsync(
            DocumentSections.Subnets,
            SubnetTable.Instance,
            json.SubnetEntry,
            entry => entry with { DhcpServer = null }
        );
        await WriteAsync(DocumentSections.Routers, RouterTable.Instance, json.RouterEntry, entry => entry);
        await WriteAsync(DocumentSections.Instances, InstanceTable.Instance, json.InstanceEntry, entry => entry);
        await WriteAsync(DocumentSections.Ports, PortTable.Instance, json.PortEntry, entry => entry);
        writer.WriteEndObject();
        await writer.FlushAsync(cancellationToken);
        await document.WriteAsync("\n"u8.ToArray(), cancellationToken);
        await document.FlushAsync(cancellationToken);

        async ValueTask WriteAsync<T>(string section, EntryTable<T> table, JsonTypeInfo<T> shape, Func<T, T> shown)
            where T : class
        {
            writer.WriteStartArray(section);
            await foreach (var entry in table.AllAsync(sql, cancellationToken))
            {
                JsonSerializer.Serialize(writer, shown(entry), shape);
                if (writer.BytesPending > FlushAfterBytes)
                {
                    await writer.FlushAsync(cancellationToken);
                }
            }
            writer.WriteEndArray();
        }
    }
}
