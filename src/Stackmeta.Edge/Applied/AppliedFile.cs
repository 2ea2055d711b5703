using System.Globalization;
using System.Net;
using System.Text.Json;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Networks;

namespace Stackmeta.Edge;

/// <summary>What is applied of one network or router as a file, for processes that answer its guests but do not provide it.</summary>
/// <remarks>
/// A file is replaced as a whole. One that is older than what packets obey makes guests wait and no more: before rules change, the ports
/// that change are taken out of it.
/// </remarks>
static class AppliedFile
{
    const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Replaces a network's file.</summary>
    /// <returns>False when the network has no directory.</returns>
    public static Task<bool> TryWriteAsync(string path, AppliedNetwork network, CancellationToken cancellationToken) =>
        TryWriteAsync(
            path,
            json =>
            {
                json.WriteStartObject("ports");
                foreach (var (id, port) in network.Ports)
                {
                    json.WriteStartObject(id.ToString());
                    json.WriteString("device", port.DeviceId);
                    json.WriteString("mac", port.Mac.ToString());
                    json.WriteStartArray("addresses");
                    foreach (var address in port.Addresses)
                    {
                        json.WriteStringValue(address.ToString());
                    }
                    json.WriteEndArray();
                    json.WriteEndObject();
                }
                json.WriteEndObject();
            },
            cancellationToken
        );

    /// <summary>Replaces a router's file.</summary>
    /// <returns>False when the router has no directory.</returns>
    public static Task<bool> TryWriteAsync(string path, AppliedRouter router, CancellationToken cancellationToken) =>
        TryWriteAsync(
            path,
            json =>
            {
                json.WriteStartObject("interfaces");
                foreach (var (id, one) in router.Interfaces)
                {
                    json.WriteStartObject(id.ToString());
                    json.WriteString("network", one.NetworkId);
                    json.WriteString("addresses", one.Addresses);
                    json.WriteEndObject();
                }
                json.WriteEndObject();
            },
            cancellationToken
        );

    /// <summary>What is told of a network; null when nothing is, or it cannot be read.</summary>
    public static AppliedNetwork? TryReadNetwork(string path) => TryRead(path, ReadNetwork);

    /// <summary>What is told of a router; null when nothing is, or it cannot be read.</summary>
    public static AppliedRouter? TryReadRouter(string path) => TryRead(path, ReadRouter);

    /// <exception cref="JsonException">It is no such file.</exception>
    public static AppliedNetwork ReadNetwork(byte[] text) =>
        Read(
            text,
            "ports",
            static (ports, port) =>
                ports[Guid.Parse(port.Name, CultureInfo.InvariantCulture)] = new(
                    port.Value.GetProperty("device").GetString()!,
                    EthernetAddress.TryParse(port.Value.GetProperty("mac").GetString(), out var mac)
                        ? mac
                        : throw new FormatException("A MAC address is none."),
                    [
                        .. port
                            .Value.GetProperty("addresses")
                            .EnumerateArray()
                            .Select(static address => IPAddress.Parse(address.GetString()!)),
                    ]
                ),
            static (Dictionary<Guid, AppliedPort> ports) => new AppliedNetwork(ports)
        );

    /// <exception cref="JsonException">It is no such file.</exception>
    public static AppliedRouter ReadRouter(byte[] text) =>
        Read(
            text,
            "interfaces",
            static (interfaces, one) =>
                interfaces[Guid.Parse(one.Name, CultureInfo.InvariantCulture)] = new(
                    one.Value.GetProperty("network").GetGuid(),
                    one.Value.GetProperty("addresses").GetString()!
                ),
            static (Dictionary<Guid, AppliedInterface> interfaces) => new AppliedRouter(interfaces)
        );

    static T? TryRead<T>(string path, Func<byte[], T> read)
        where T : class
    {
        try
        {
            return FileLookup.Exists(path) ? read(File.ReadAllBytes(path)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    static TResult Read<TEntry, TResult>(
        byte[] text,
        string name,
        Action<Dictionary<Guid, TEntry>, JsonProperty> add,
        Func<Dictionary<Guid, TEntry>, TResult> make
    )
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var entries = new Dictionary<Guid, TEntry>();
            foreach (var entry in document.RootElement.GetProperty(name).EnumerateObject())
            {
                add(entries, entry);
            }
            return make(entries);
        }
        catch (Exception e)
            when (e is FormatException or InvalidOperationException or KeyNotFoundException or ArgumentNullException)
        {
            throw new JsonException(e.Message, e);
        }
    }

    static async Task<bool> TryWriteAsync(
        string path,
        Action<Utf8JsonWriter> write,
        CancellationToken cancellationToken
    )
    {
        if (!FileLookup.Exists(Path.GetDirectoryName(path)!))
        {
            return false;
        }
        var temporary = path + ".new";
        await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            await using var json = new Utf8JsonWriter(file);
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
            await json.FlushAsync(cancellationToken);
        }
        // Whatever the umask of this process: who answers may be another user.
        File.SetUnixFileMode(temporary, Readable);
        File.Move(temporary, path, overwrite: true);
        return true;
    }
}
