using System.Collections.Immutable;

namespace Stackmeta.Tests;

public sealed class ExplanationTests
{
    public static TheoryData<string> Findings => [.. Enum.GetNames<Finding>()];

    [Theory]
    [MemberData(nameof(Findings))]
    public void Every_finding_fits_the_screen_and_says_what_to_do(string name)
    {
        var finding = Enum.Parse<Finding>(name);
        var broken = LinkVerdict.Broken(finding, new string('x', 200));
        var explanation = new Explanation(
            new string('y', 200),
            [
                .. Enum.GetValues<PathLink>()
                    .Select(link => link == broken.Link ? broken : LinkVerdict.Fine(link, "fine")),
            ]
        )
        {
            LastRefusal = new string('z', 200),
        };
        var output = new StringWriter { NewLine = "\n" };

        ExplanationText.Write(output, explanation);

        var lines = output.ToString().TrimEnd('\n').Split('\n');
        Assert.InRange(lines.Length, 1, ExplanationText.Lines);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, ExplanationText.Columns));
        Assert.Contains(lines, line => line.StartsWith("Next: ", StringComparison.Ordinal));
        Assert.Equal(ExitCodes.Broken, explanation.ExitCode);
    }

    [Fact]
    public void The_first_broken_link_is_the_culprit()
    {
        var explanation = new Explanation(
            "guest",
            [
                LinkVerdict.NotLookedAt(PathLink.Port, "no inventory"),
                LinkVerdict.Broken(Finding.DhcpServerDead, "dead"),
                LinkVerdict.Broken(Finding.ListenerMissing, "missing"),
            ]
        );

        Assert.Equal(Finding.DhcpServerDead, explanation.Culprit!.Finding);
        Assert.Contains("\"reason\": \"dhcp-server-dead\"", ExplanationJson.Of(explanation), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_not_looked_at_is_no_health()
    {
        ImmutableArray<LinkVerdict> links =
        [
            LinkVerdict.Fine(PathLink.Port, "fine"),
            LinkVerdict.NotLookedAt(PathLink.Host, "not ours"),
        ];

        Assert.Equal(ExitCodes.NotAllSeen, new Explanation("guest", links).ExitCode);
        Assert.Equal(ExitCodes.Done, new Explanation("guest", [links[0]]).ExitCode);
    }

    [Fact]
    public void Names_from_the_inventory_cannot_move_the_cursor()
    {
        var output = new StringWriter();

        ExplanationText.Write(output, new Explanation("a\u001b[2Jb", [LinkVerdict.Fine(PathLink.Port, "\r\n")]));

        Assert.DoesNotContain('\u001b', output.ToString());
        Assert.DoesNotContain("\r", output.ToString(), StringComparison.Ordinal);
    }
}
