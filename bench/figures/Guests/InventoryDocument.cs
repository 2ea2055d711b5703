using System.Text;
using System.Text.Json;

namespace Stackmeta.Bench.Figures;

/// <summary>Writes guests and their networks as a document for <c>stackmeta import</c>.</summary>
static class InventoryDocument
{
    /// <summary>Ordinary: a key, a few items, 2 KB of user data.</summary>
    static readonly string UserData =
        "#cloud-config\n" + string.Concat(Enumerable.Repeat("# a line of 32 characters, so\n", 65));

    public static void Write(string file, IReadOnlyList<BenchGuest> guests, NetworkRange networks)
    {
        using var stream = File.Create(file);
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteNumber("stackmeta_inventory", 1);
        List(json, "networks", networks.Numbers, WriteNetwork);
        List(json, "subnets", networks.Numbers, WriteSubnet);
        List(json, "instances", guests, WriteInstance);
        List(json, "ports", guests, WritePort);
        json.WriteEndObject();
    }

    static void List<T>(Utf8JsonWriter json, string name, IEnumerable<T> entries, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var entry in entries)
        {
            json.WriteStartObject();
            write(json, entry);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.Flush();
    }

    static void WriteNetwork(Utf8JsonWriter json, int network)
    {
        json.WriteString("id", BenchGuest.NetworkId(network));
        json.WriteString("name", $"bench-{network}");
        json.WriteString("project_id", "bench");
    }

    static void WriteSubnet(Utf8JsonWriter json, int network)
    {
        json.WriteString("id", BenchGuest.SubnetId(network));
        json.WriteString("network_id", BenchGuest.NetworkId(network));
        json.WriteString("cidr", "10.10.0.0/16");
        json.WriteString("gateway_ip", "10.10.0.1");
        json.WriteString("dhcp_server", "10.10.0.2");
    }

    static void WriteInstance(Utf8JsonWriter json, BenchGuest guest)
    {
        json.WriteString("id", guest.InstanceId);
        json.WriteString("name", guest.Name);
        json.WriteString("project_id", "bench");
        json.WriteString("availability_zone", "nova");
        json.WriteString("reservation_id", guest.Reservation);
        json.WriteString("flavor_name", "m1.small");
        json.WriteString("image_ref", "6ab6c2f5-9f4b-4d0e-8b0e-2f1f0a9d9f11");
        json.WriteString("root_device_name", "/dev/vda");
        json.WriteStartObject("ec2_ids");
        json.WriteNumber("instance", guest.Ec2Number);
        json.WriteNumber("image", 7);
        json.WriteEndObject();
        json.WriteStartObject("key_pair");
        json.WriteString("name", "bench");
        json.WriteString("type", "ssh");
        json.WriteString(
            "public_key",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0v1sC2H3N4m5P6q7R8s9T0u1V2w3X4y5Z6a7B8c9D0 bench"
        );
        json.WriteEndObject();
        json.WriteStartObject("metadata");
        json.WriteString("role", "web");
        json.WriteEndObject();
        json.WriteBase64String("user_data", Encoding.ASCII.GetBytes(UserData));
        json.WriteStartArray("security_groups");
        json.WriteStringValue("default");
        json.WriteEndArray();
    }

    static void WritePort(Utf8JsonWriter json, BenchGuest guest)
    {
        json.WriteString("id", guest.PortId);
        json.WriteString("network_id", BenchGuest.NetworkId(guest.Network));
        json.WriteString("device_id", guest.InstanceId);
        json.WriteString("mac_address", guest.Mac);
        json.WriteStartArray("fixed_ips");
        json.WriteStartObject();
        json.WriteString("ip_address", guest.Address.ToString());
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
