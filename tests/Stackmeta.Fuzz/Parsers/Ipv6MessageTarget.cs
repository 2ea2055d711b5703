using System.Collections.Immutable;
using Stackmeta.Edge;

namespace Stackmeta.Fuzz;

/// <summary>What the kernel tells of IPv6 addresses.</summary>
sealed class Ipv6MessageTarget : FuzzTarget
{
    public override ImmutableArray<byte[]> Samples { get; } =
    [
        // RTM_NEWADDR of fe80::1 on interface 2, tentative, with IFA_ADDRESS and IFA_FLAGS, and NLMSG_DONE.
        Convert.FromHexString(
            "34000000140002000100000000000000"
                + "0a40fd0002000000"
                + "14000100fe800000000000000000000000000001"
                + "0800080040000000"
                + "14000000030002000100000000000000"
                + "00000000"
        ),
        Ipv6Message.AskForAll,
    ];

    public override ImmutableArray<byte[]> Words { get; } =
    [
        [0, 0, 0, 0],
        [255, 255, 255, 127],
        [255, 255, 255, 255],
        [4, 0, 1, 0],
        [0, 0],
        [16, 0, 0, 0],
        [20, 0],
        [21, 0],
    ];

    public override int MostSamples => 3;

    public override ValueTask<string?> TryAsync(byte[] input, Random chance)
    {
        Ipv6Message.Parse(input, []);
        return default;
    }
}
