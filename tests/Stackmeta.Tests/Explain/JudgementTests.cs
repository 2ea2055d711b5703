using Stackmeta.Core.Refusals;
using Stackmeta.Edge;
using Stackmeta.Inventory;

namespace Stackmeta.Tests;

/// <summary>What must not be called broken, and what of several broken links is the one to mend.</summary>
public sealed class JudgementTests
{
    static readonly HopAnswer _silent = new(HopAnswerKind.Silent, 0, "");

    [Fact]
    public void A_whole_path_is_fine()
    {
        var explanation = Judgement.Of(HealthyPath.Subject, HealthyPath.Sights);

        Assert.True(explanation.IsWhole, ExplanationJson.Of(explanation));
    }

    [Fact]
    public void An_agent_that_answers_is_believed_more_than_a_store_that_is_slow_here()
    {
        var explanation = Judgement.Of(
            HealthyPath.Subject,
            HealthyPath.Sights with
            {
                LookUp = Refusal.PortDirectoryUnavailable,
                Record = Refusal.InstanceSourceUnavailable,
            }
        );

        Assert.Null(explanation.Culprit);
    }

    [Fact]
    public void What_the_guest_can_bear_is_not_the_culprit_beside_what_it_cannot()
    {
        var subject = HealthyPath.Subject with { Mtu = 1400 };
        var large = Judgement.Of(subject, HealthyPath.Sights);
        Assert.Equal(Finding.MtuMismatch, large.Culprit!.Finding);

        var both = Judgement.Of(
            subject,
            HealthyPath.Sights with
            {
                Socket = new("/socket", SocketKind.Dead, IsOpenToProxy: true),
                Agent = new(HopAnswerKind.Refused, 0, ""),
                Documents = [],
            }
        );

        Assert.Equal(Finding.AgentDead, both.Culprit!.Finding);
    }

    [Fact]
    public void A_stopped_listener_that_takes_no_packets_is_no_firewall()
    {
        var explanation = Judgement.Of(
            HealthyPath.Subject,
            HealthyPath.Sights with
            {
                Owner = HealthyPath.Sights.Owner! with { IsStopped = true },
                Probe = GuestProbeResult.Lost,
                InsideAnswer = new(NamespaceAnswerKind.NoConnection, 0),
            }
        );

        Assert.Equal(Finding.ListenerSilent, explanation.Culprit!.Finding);
    }

    [Fact]
    public void An_agent_that_waits_for_a_silent_API_is_not_called_silent()
    {
        var explanation = Judgement.Of(
            HealthyPath.Subject,
            HealthyPath.Sights with
            {
                Agent = _silent,
                Api = _silent,
                ApiAddress = "127.0.0.1:8775",
                Documents = [],
            }
        );

        Assert.Equal(Finding.ApiSilent, explanation.Culprit!.Finding);
    }

    [Fact]
    public void A_secret_that_cannot_be_read_hides_no_dead_API()
    {
        var explanation = Judgement.Of(
            HealthyPath.Subject,
            HealthyPath.Sights with
            {
                Agent = new(HopAnswerKind.Answered, 503, ""),
                Api = new(HopAnswerKind.Refused, 0, ""),
                ApiAddress = "127.0.0.1:8775",
                SecretProblem = "there is none",
                Documents = [],
            }
        );

        Assert.Equal(Finding.ApiUnreachable, explanation.Culprit!.Finding);
    }

    [Fact]
    public void A_host_route_of_the_subnets_own_is_somebodys_will()
    {
        var subject = HealthyPath.Subject with
        {
            Subnet = HealthyPath.Subject.Subnet! with
            {
                HostRoutes = [new HostRouteEntry("169.254.169.254/32", "10.0.0.9")],
            },
        };
        var dhcp = HealthyPath.Sights.Dhcp!;

        var explanation = Judgement.Of(
            subject,
            HealthyPath.Sights with
            {
                Dhcp = dhcp with { Options = [dhcp.Options[0].Replace("10.0.0.2", "10.0.0.9")] },
            }
        );

        Assert.Null(explanation.Culprit);
        Assert.Equal(LinkState.NotLookedAt, Verdict(explanation, PathLink.Route).State);
    }

    [Fact]
    public void A_port_with_several_addresses_has_a_lease_line_for_each()
    {
        var dhcp = HealthyPath.Sights.Dhcp!;

        var explanation = Judgement.Of(
            HealthyPath.Subject,
            HealthyPath.Sights with
            {
                Dhcp = dhcp with { Hosts = [dhcp.Hosts[0].Replace("10.0.0.5", "10.1.0.5"), dhcp.Hosts[0]] },
            }
        );

        Assert.True(explanation.IsWhole, ExplanationJson.Of(explanation));
    }

    [Fact]
    public void A_network_of_another_maker_need_not_have_our_DHCP_server_or_bridge()
    {
        var subject = HealthyPath.Subject with { Origin = SubjectOrigin.Neutron, Subnet = null, DhcpPort = null };

        var explanation = Judgement.Of(
            subject,
            HealthyPath.Sights with
            {
                Dhcp = null,
                Bridge = null,
                BridgeEnd = null,
                BridgePorts = [],
            }
        );

        Assert.Null(explanation.Culprit);
        Assert.False(explanation.IsWhole);
    }

    [Theory]
    [InlineData("#cloud-config\n")]
    [InlineData("\n\n  #Cloud-Config\n")]
    [InlineData("#!/bin/sh\n")]
    [InlineData("To: a\r\nMIME-Version: 1.0\r\n")]
    [InlineData("## template: jinja\n")]
    [InlineData("{\"ignition\": {}}")]
    [InlineData("\u001f\u008bx")]
    public void User_data_that_some_agent_knows_is_fine(string text) =>
        Assert.Null(
            Judgement
                .Of(HealthyPath.Subject, HealthyPath.Sights with { Documents = [HealthyPath.UserData(text)] })
                .Culprit
        );

    static LinkVerdict Verdict(Explanation explanation, PathLink link) =>
        explanation.Links.Single(one => one.Link == link);
}
