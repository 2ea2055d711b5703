using System.Collections.Immutable;
using System.Net;
using Stackmeta.Edge;

namespace Stackmeta.Fuzz;

/// <summary>What the kernel has kept of a connection's first packet, of which all but the first layers is the client's.</summary>
sealed class SavedSynTarget : FuzzTarget
{
    const string Ethernet = "525400000001fa163e000005";
    const string Tcp = "d43100500000000100000000a002faf0000000000204" + "05b40402080a0000000100000000" + "01030307";

    static readonly IPEndPoint Ipv4 = new(IPAddress.Parse("10.77.0.9"), 0xd431);
    static readonly IPEndPoint Ipv6 = new(IPAddress.Parse("fe80::f816:3eff:fe00:5"), 0xd431);

    public override ImmutableArray<byte[]> Samples { get; } =
    [
        Convert.FromHexString($"{Ethernet}08004500003c0000400040060000" + $"0a4d0009a9fea9fe{Tcp}"),
        Convert.FromHexString(
            $"{Ethernet}86dd600000000028"
                + $"0640fe80000000000000f8163efffe000005fe80000000000000000000a9fea9fe0000{Tcp}"
        ),
        Convert.FromHexString(
            $"{Ethernet}86dd600000000030"
                + $"0040fe80000000000000f8163efffe000005fe80000000000000000000a9fea9fe0000"
                + $"0600000000000000{Tcp}"
        ),
        [],
    ];

    public override ImmutableArray<byte[]> Words { get; } =
    [
        [0],
        [255],
        [0x45],
        [0x60],
        [6],
        [0, 43],
        [60, 255],
    ];

    public override ValueTask<string?> TryAsync(byte[] input, Random chance)
    {
        foreach (var peer in (IPEndPoint[])[Ipv4, Ipv6])
        {
            var found = SavedSyn.Parse(input, peer, out var source);
            if (
                found == SynSource.Ethernet
                && !input
                    .AsSpan(6, 6)
                    .SequenceEqual(Convert.FromHexString($"{source}".Replace(":", "", StringComparison.Ordinal)))
            )
            {
                return new($"read {source}");
            }
            if (found == SynSource.Ethernet && !IsFrom(input, peer))
            {
                return new($"taken for {peer}'s");
            }
        }
        return default;
    }

    /// <summary>By the letter: the address is where it stands in the packet behind the Ethernet header.</summary>
    static bool IsFrom(byte[] frame, IPEndPoint peer)
    {
        var address = peer.Address.GetAddressBytes();
        return frame.AsSpan(14 + (address.Length == 4 ? 12 : 8)).StartsWith(address);
    }
}
