using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Stackmeta.Bench.Load;

namespace Stackmeta.Bench.Figures;

/// <summary>
/// A running OpenStack to compare with, told by a JSON file: the benches start none. See docs/performance/openstack.md for the file and
/// for how the cloud was set up.
/// </summary>
sealed class RealCloud(JsonElement root)
{
    public static RealCloud? Read(string? file) =>
        file is null ? null : new(JsonDocument.Parse(File.ReadAllBytes(file)).RootElement);

    /// <summary>The namespace that its services listen in, on 127.0.0.1.</summary>
    public string Namespace => Text("namespace");

    /// <summary>Unix sockets of metadata agents, by what tells them apart.</summary>
    public IEnumerable<(string Name, string Path)> AgentSockets =>
        root.GetProperty("agent_sockets").EnumerateObject().Select(entry => (entry.Name, entry.Value.GetString()!));

    public string NovaConfiguration => Text("nova_conf");

    /// <summary>Names Neutron's database; null where it is not told.</summary>
    public string? NeutronConfiguration => root.TryGetProperty("neutron_conf", out var file) ? file.GetString() : null;

    /// <summary>The header lines by which an agent proves for whom it asks.</summary>
    public string HeadersOf(string instanceId)
    {
        var signature = HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(Text("shared_secret")),
            Encoding.UTF8.GetBytes(instanceId)
        );
        return $"X-Forwarded-For: {Address}\r\nX-Instance-ID: {instanceId}\r\nX-Tenant-ID: {Text("project")}\r\n"
            + $"X-Instance-ID-Signature: {Convert.ToHexStringLower(signature)}";
    }

    /// <summary>Of nova-api-metadata.</summary>
    public int ApiPort => root.GetProperty("api_port").GetInt32();

    /// <summary>MariaDB's socket, root without a password.</summary>
    public string DatabaseSocket => Text("database_socket");

    /// <summary>The instance that is asked for.</summary>
    public string InstanceId => Text("instance");

    public string NetworkId => Text("network");

    public string Address => Text("address");

    /// <summary>The parts of it, by pid files.</summary>
    public IReadOnlyList<ProcessGroup> Groups =>
        [
            .. root.GetProperty("processes")
                .EnumerateObject()
                .Where(entry => File.Exists(entry.Value.GetString()))
                .Select(entry => new ProcessGroup(
                    entry.Name,
                    [
                        int.Parse(
                            File.ReadAllText(entry.Value.GetString()!).Trim().Split('\n')[0],
                            CultureInfo.InvariantCulture
                        ),
                    ]
                )),
        ];

    string Text(string key) => root.GetProperty(key).GetString()!;
}
