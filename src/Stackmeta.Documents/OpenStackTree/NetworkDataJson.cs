using System.Collections.Immutable;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Networks;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents;

/// <summary>network_data.json (spec/nova-metadata.md §3).</summary>
static class NetworkDataJson
{
    /// <summary>Whether everything that the document shows can be shown.</summary>
    public static Refusal Check(Instance instance, Compatibility compatibility)
    {
        if (instance.IsUnreadable(InstanceParts.NetworkInterfaces))
        {
            return Refusal.PartUnreadable;
        }
        foreach (var nic in instance.NetworkInterfaces)
        {
            if (ShownSubnets.IsShown(nic) && !(IsReadable(nic, 4, compatibility) && IsReadable(nic, 6, compatibility)))
            {
                return Refusal.PartUnreadable;
            }
        }
        return Refusal.None;
    }

    /// <summary>Writes the document of an instance that <see cref="Check"/> found fit.</summary>
    public static void Write(
        ref PythonJsonWriter json,
        ImmutableArray<NetworkInterface> interfaces,
        Compatibility compatibility
    )
    {
        json.BeginObject();
        if (!interfaces.IsEmpty)
        {
            json.Name("links"u8);
            NetworkLinksJson.Write(ref json, interfaces);
            json.Name("networks"u8);
            NetworksJson.Write(ref json, interfaces, compatibility);
            json.Name("services"u8);
            NetworkServicesJson.Write(ref json, interfaces);
        }
        json.EndObject();
    }

    static bool IsReadable(NetworkInterface nic, int version, Compatibility compatibility)
    {
        if (
            ShownSubnets.FirstWithAddress(nic, version) is not { } subnet
            || SubnetConfiguration.Of(subnet, compatibility) == SubnetConfiguration.Dhcp
        )
        {
            return true;
        }
        foreach (var route in subnet.Routes)
        {
            if (!SubnetCidr.TryParse(route.Cidr, out _))
            {
                return false;
            }
        }
        return SubnetCidr.TryParse(subnet.Cidr, out _);
    }
}
