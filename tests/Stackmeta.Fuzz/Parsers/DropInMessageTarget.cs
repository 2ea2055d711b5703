using System.Text;
using Stackmeta.Edge;

namespace Stackmeta.Fuzz;

/// <summary>What a drop-in tells the edge, by whoever may connect to its socket.</summary>
sealed class DropInMessageTarget : TextTarget
{
    protected override IEnumerable<string> Texts =>
        [
            new DropInMessage(
                1234,
                "haproxy -f /a/b.conf",
                EdgeScopeKind.Network,
                Rig.Network,
                ["169.254.169.254:80", "[fe80::a9fe:a9fe%2]:80", "[::]:9697"]
            ).ToLine(),
        ];

    protected override IEnumerable<string> Pieces =>
        [
            "null",
            "-1",
            "99999999999",
            "\"\\ud800\"",
            "\\u0000",
            "[",
            "]",
            "{",
            "}",
            ",",
            "\"",
            "\"0:0\"",
            "\"%:80\"",
            "1e3",
        ];

    protected override bool IsSaid(Exception exception) => exception is EdgeException;

    protected override ValueTask ParseAsync(byte[] input)
    {
        var message = DropInMessage.Parse(Encoding.UTF8.GetString(input));
        _ = message.FindPlaceholder();
        var served = message.ToServed();
        if (!Enum.IsDefined(served.Scope.Kind) || served.EndPoints.IsEmpty)
        {
            throw new InvalidOperationException($"Taken: {message}");
        }
        return default;
    }
}
