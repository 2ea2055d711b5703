using System.Collections.Immutable;
using System.Net;
using Stackmeta.Edge;

namespace Stackmeta.Fuzz;

/// <summary>What the process with rights is asked by the one without.</summary>
sealed class BrokerMessageTarget : FuzzTarget
{
    public override ImmutableArray<byte[]> Samples { get; } =
    [
        Written(new(OpenerMessageKind.Listen, "qdhcp-6f6e2c1a", new(IPAddress.Parse("169.254.169.254"), 80))),
        Written(new(OpenerMessageKind.Keep, "ovnmeta-6f6e2c1a", new(IPAddress.Parse("fe80::a9fe:a9fe%3"), 80))),
        Written(new(OpenerMessageKind.Forget, "qrouter-6f6e2c1a")),
        Written(new(OpenerMessageKind.Answer, Refusal: OpenerRefusal.NotAMetadataNamespace)),
    ];

    public override ImmutableArray<byte[]> Words { get; } =
    [
        [0],
        [1],
        [4],
        [6],
        [64],
        [65],
        [255],
        [0, 0, 0, 0],
    ];

    static byte[] Written(OpenerMessage message)
    {
        var bytes = new byte[OpenerMessage.LongestMessage];
        return bytes[..message.Write(bytes)];
    }

    public override ValueTask<string?> TryAsync(byte[] input, Random chance) =>
        new(
            OpenerMessage.Read(input) is not { } message || Written(message).AsSpan().SequenceEqual(input)
                ? null
                : $"read as {message}, which is written otherwise"
        );
}
