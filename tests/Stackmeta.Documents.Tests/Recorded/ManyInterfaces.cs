using System.Collections.Immutable;
using Stackmeta.Core.Instances;

namespace Stackmeta.Documents.Tests;

/// <summary>The interfaces of the recorded instance <c>many-nics</c>: every link type, and what the cache may lack.</summary>
static class ManyInterfaces
{
    public static readonly ImmutableArray<NetworkInterface> All =
    [
        Make(
            "00",
            "c815139b-2cff-5c39-8e33-842888b23441",
            "ovs",
            "d6b8a1cb-7c9a-50e9-be02-164ec0559346",
            "tapaaaaaaaa-00",
            1450,
            V4(0) with
            {
                DnsServers = ["10.0.0.2"],
                DhcpServer = "10.0.0.3",
            }
        ),
        Make(
            "01",
            "596325b9-5d49-5994-bb75-ff59cfc032e2",
            "bridge",
            "86cd3d23-7c35-575e-b4a9-d94848dad1e1",
            "tapaaaaaaaa-01",
            1500,
            V4(1) with
            {
                DnsServers = ["10.0.0.2", "10.1.0.2"],
            }
        ),
        Make(
            "02",
            "53903fa8-766c-589c-8beb-be4bab6c2727",
            "hw_veb",
            "8e0cf744-7a3f-5f36-b497-cb400005ddc1",
            null,
            9000,
            V4(2)
        ),
        Make(
            "03",
            "a0e44b10-926c-5c07-b311-e97bdb309e05",
            "hostdev_physical",
            "fadc6320-016b-5f63-9309-2aaa9df30148",
            null,
            null,
            V4(3) with
            {
                Gateway = null,
            }
        ),
        Make(
            "04",
            "4dfcafca-fb2e-530f-9e4b-6c9618df52f8",
            "tap",
            "0a29c835-7ba5-5335-9a1d-480533c45f51",
            "",
            null,
            V4(4) with
            {
                Cidr = "10.4.0.0/16",
            }
        ),
        Make(
            "05",
            "dfb046e0-822a-5d9b-8494-1ea437a615cb",
            "vhostuser",
            "8a6f065c-0710-5223-ba5d-392d6252e098",
            "vhuaaaaaaaa-05",
            1500,
            V4(5)
        ),
        Make(
            "06",
            "41283045-0f94-52b5-9f7b-9f341f6f7f03",
            "macvtap",
            "e57d0303-8276-56e1-9a91-e20dd244e2bf",
            null,
            0,
            V4(6)
        ),
        WithMtuText(
            "1500",
            Make(
                "07",
                "80ca86e9-0fd5-5535-97dc-45cea660dc43",
                "binding_failed",
                "000eb8eb-46e0-5f39-9002-4a7b144c2842",
                null,
                null,
                V4(7)
            )
        ),
        Make(
            "08",
            "a34cfdbc-2ec8-5058-b0a4-650b648df35a",
            "unbound",
            "848b659d-05f5-5a89-8b98-3fbd04812998",
            null,
            null,
            V4(8) with
            {
                FixedIps = [],
            }
        ),
        Make("09", "140b7304-3359-5a74-a411-e09d2f2f8517", "ovs", "57fee943-c280-555e-aee6-34a6e9a5e7e0", null, null),
        Make("10", "be6ed7a9-bd42-5d19-a97b-6ce536525a4e", "ovs", "", null, null) with
        {
            Network = null,
        },
        Make(
            "11",
            "7a7c7dfa-db1a-55e5-9fa1-63c3f4ebbd97",
            null,
            "62b7f8ad-766d-5821-b554-656a79820666",
            null,
            null,
            V4(11)
        ) with
        {
            MacAddress = null,
        },
        Make(
            "12",
            "001367a2-ea5b-5029-8eab-fea1fc253ce1",
            "dvs",
            "160898f7-35b8-5779-9179-0700e7f0b294",
            null,
            null,
            V4(12)
        ),
        Make(
            "13",
            "952dfe04-8816-5720-b10b-cff3f0da84ed",
            "vif",
            "61a4be05-fca4-520c-954d-b428fce13134",
            null,
            null,
            V4(13)
        ),
        Make(
            "14",
            "436bcc51-4f0a-57e7-9df1-fed002960447",
            "hyperv",
            "0fd46fca-fce1-53b3-bfbf-72956211a88c",
            null,
            null,
            V4(14)
        ),
        Make(
            "15",
            "e4d5e9b5-5ef4-54ee-9692-eee6767ded63",
            "802.1qbh",
            "559fba28-609f-5a0b-a4ad-c99e048af5ef",
            null,
            null,
            V4(15)
        ),
    ];

    static NetworkInterface Make(
        string number,
        string id,
        string? type,
        string networkId,
        string? device,
        int? mtu,
        params ImmutableArray<InterfaceSubnet> subnets
    ) =>
        new()
        {
            Id = id,
            MacAddress = $"fa:16:3e:11:00:{number}",
            Type = type,
            DeviceName = device,
            Network = new()
            {
                Id = networkId,
                Mtu = mtu,
                Subnets = subnets,
            },
        };

    static NetworkInterface WithMtuText(string mtu, NetworkInterface nic) =>
        nic with
        {
            Network = nic.Network! with { MtuText = mtu },
        };

    static InterfaceSubnet V4(int number) =>
        Fixtures.Subnet(4, $"10.{number}.0.0/24", $"10.{number}.0.5") with
        {
            Gateway = $"10.{number}.0.1",
        };
}
