using System.Collections.Immutable;
using Stackmeta.Core.Instances;

namespace Stackmeta.Documents.Tests;

/// <summary>
/// The interfaces of the recorded instance <c>injected-template</c>: on injected networks with and without DHCP, and one on another.
/// </summary>
static class InjectedInterfaces
{
    public static readonly ImmutableArray<NetworkInterface> All =
    [
        Make(
            "00",
            "dd043169-d604-5d7b-b4d2-5ecd0c6a9de6",
            "0979f014-0dba-532b-9232-4fc6aec4f4b9",
            Fixtures.Subnet(4, "192.0.2.0/24", "192.0.2.16", "192.0.2.17") with
            {
                Gateway = "192.0.2.1",
                DnsServers = ["192.0.2.2", "192.0.2.3"],
                Routes = [new("10.8.0.0/14", "192.0.2.9")],
            },
            Fixtures.Subnet(6, "2001:db8:16::/64", "2001:db8:16::10") with
            {
                Gateway = "2001:db8:16::1",
                DnsServers = ["2001:db8::53"],
            }
        ),
        Make(
            "01",
            "efc9a6d3-40c5-5788-96f8-1d8f7ec7d6ec",
            "3de75fd1-b563-560a-b156-a3d15db94719",
            Fixtures.Subnet(4, "198.51.100.128/26", "198.51.100.140")
        ),
        Make(
            "02",
            "0105e4fc-67cf-5dc7-b292-8bb6f1251545",
            "c79903f3-b91e-5065-93f2-3148afc64333",
            Fixtures.Subnet(4, "10.77.0.0/24", "10.77.0.5") with
            {
                Gateway = "10.77.0.1",
                DhcpServer = "10.77.0.2",
            }
        ),
        Make(
            "03",
            "77920b62-b5fe-5ffc-be12-1a08f43c63c2",
            "a169a2d2-553f-5675-b580-456c7746812c",
            Fixtures.Subnet(6, "2001:db8:17::/64", "2001:db8:17::10") with
            {
                Gateway = "fe80::1",
            }
        ),
        Make(
            "04",
            "29c9339d-7be7-5bbe-bee9-101470edf0d4",
            "d28ae3b2-64b2-5e67-b938-71cd21cd4a36",
            Fixtures.Subnet(4, "10.78.0.0/24", "10.78.0.5") with
            {
                Gateway = "10.78.0.1",
            }
        ),
    ];

    static NetworkInterface Make(
        string number,
        string id,
        string networkId,
        params ImmutableArray<InterfaceSubnet> subnets
    ) =>
        new()
        {
            Id = id,
            MacAddress = $"fa:16:3e:16:00:{number}",
            // The first one is a bridge with a name, and the last one's network is not injected.
            Type = number == "00" ? "bridge" : "ovs",
            DeviceName = number == "00" ? "tap16" : null,
            Network = new()
            {
                Id = networkId,
                Mtu = number == "00" ? 1500 : null,
                Injected = number != "04",
                Subnets = subnets,
            },
        };
}
