using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stackmeta.WebConsole.Tests;

/// <summary>What is made of what the processes tell, as the page reads it.</summary>
public sealed class PathPictureTests
{
    static readonly DateTimeOffset After = Requests.Now.AddSeconds(1);

    [Fact]
    public void Answered_requests_show_at_each_station_that_they_came_by()
    {
        var shown = Shown(picture => Repeat(20, () => picture.Take(Requests.Answered())));
        Assert.Equal(2, shown["answered_per_s"]!.GetValue<double>());
        Assert.Equal(20, shown["answered"]!.AsArray()[^1]!.GetValue<int>());
        foreach (var (name, median) in new[] { ("edge", 0.9), ("agent", 0.7), ("api", 0.4), ("store", 0.2) })
        {
            var station = StationOf(shown, name);
            Assert.Equal((2.0, median), (Number(station, "per_s"), Number(station, "median_ms")));
            Assert.Empty(station["refused"]!.AsArray());
        }
        Assert.All(shown["flow"]!.AsArray(), flow => Assert.Equal("store", flow!["to"]!.GetValue<string>()));
    }

    [Fact]
    public void A_refusal_shows_where_it_was_made_and_why_and_the_dot_ends_there()
    {
        var shown = Shown(picture => picture.Take(Requests.Refused()));
        Assert.Equal(0.1, Number(shown, "refused_per_s"));
        Assert.Equal(0, Number(shown, "answered_per_s"));
        var reason = Assert.Single(StationOf(shown, "agent")["refused"]!.AsArray())!;
        Assert.Equal(("port-not-found", 1.0), (reason["reason"]!.GetValue<string>(), Number(reason, "count")));
        Assert.Equal("agent", shown["flow"]![0]!["to"]!.GetValue<string>());
        Assert.True(shown["flow"]![0]!["refused"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("path-not-found")]
    [InlineData("user-data-absent")]
    public void What_every_boot_comes_by_is_no_trouble(string reason)
    {
        var shown = Shown(picture =>
        {
            var request = Requests.Refused(reason: reason);
            picture.Take(request);
            picture.SetRefusals([new(request, 1, request.Time)], After);
        });
        Assert.Equal((0.1, 0.0), (Number(shown, "answered_per_s"), Number(shown, "refused_per_s")));
        Assert.True(shown["refusals"]![0]!["usual"]!.GetValue<bool>());
        Assert.Equal(0, Number(shown["networks"]![0]!, "refused"));
    }

    [Fact]
    public void An_error_of_the_hop_behind_without_a_reason_shows_where_the_request_came_to_last()
    {
        var request = Requests.Answered() with
        {
            Status = 500,
            Steps = [new("agent", 0, 0, 3), new("upstream", 1, 0, 2)],
        };
        var shown = Shown(picture => picture.Take(request));
        Assert.Equal("500", StationOf(shown, "api")["refused"]![0]!["reason"]!.GetValue<string>());
        Assert.Equal(2, Number(StationOf(shown, "api"), "median_ms"));
    }

    [Fact]
    public void What_an_edge_waits_for_is_the_agent_and_what_an_agent_waits_for_the_api()
    {
        var request = Requests.Answered() with
        {
            Steps =
            [
                new("edge", 0, 0, 9),
                new("upstream", 1, 1, 8),
                new("agent", 0, 0, 6),
                new("upstream", 1, 1, 4),
                new("api", 0, 0, 3),
            ],
        };
        var shown = Shown(picture => picture.Take(request));
        Assert.Equal(
            (9.0, 8.0, 4.0),
            (
                Number(StationOf(shown, "edge"), "median_ms"),
                Number(StationOf(shown, "agent"), "median_ms"),
                Number(StationOf(shown, "api"), "median_ms")
            )
        );
    }

    [Fact]
    public void What_explain_sends_from_the_namespace_is_no_guests_request()
    {
        var shown = Shown(picture => picture.Take(Requests.Refused("169.254.169.254")));
        Assert.Equal(0, Number(shown, "refused_per_s"));
        Assert.Empty(shown["networks"]!.AsArray());
    }

    [Fact]
    public void A_finding_that_is_not_well_shows_at_its_station()
    {
        var shown = Shown(picture =>
            picture.Processes = [
                new(
                    "/run/admin-agent.sock",
                    false,
                    [new("agent", false, "the socket was taken away"), new("upstream", true, "")]
                ),
            ]
        );
        Assert.Equal("the socket was taken away", StationOf(shown, "agent")["trouble"]!.GetValue<string>());
        Assert.Equal("agent: the socket was taken away", shown["processes"]![0]!["reasons"]![0]!.GetValue<string>());
        Assert.True(StationOf(shown, "api")["there"]!.GetValue<bool>());
        Assert.False(StationOf(shown, "edge")["there"]!.GetValue<bool>());
    }

    [Fact]
    public void Without_an_inventory_networks_and_guests_are_those_that_were_seen()
    {
        var shown = Shown(picture =>
        {
            picture.Take(Requests.Answered());
            picture.Take(Requests.Answered() with { Scope = "router", ScopeId = "r1", Address = "10.1.0.5" });
        });
        Assert.Equal(2, Number(shown, "guest_count"));
        Assert.Equal(
            [Requests.Network, "router:r1"],
            shown["networks"]!.AsArray().Select(network => network!["id"]!.GetValue<string>())
        );
    }

    [Fact]
    public void Networks_with_refused_guests_come_first_and_the_list_is_bounded()
    {
        var shown = Shown(picture =>
        {
            picture.Known = Known(networks: 150, guests: 2);
            var refused = Requests.Refused() with { ScopeId = ScriptedPath.NetworkId(149) };
            picture.Take(refused);
            picture.SetRefusals([new(refused, 7, refused.Time)], After);
        });
        Assert.Equal((150.0, 301.0), (Number(shown, "network_count"), Number(shown, "guest_count")));
        Assert.Equal(100, shown["networks"]!.AsArray().Count);
        var first = shown["networks"]![0]!;
        Assert.Equal(
            ("net-149", 1.0, 3.0),
            (first["name"]!.GetValue<string>(), Number(first, "refused"), Number(first, "guests"))
        );
    }

    [Fact]
    public void A_guest_that_was_refused_long_ago_is_not_in_trouble_any_more()
    {
        var shown = Shown(picture =>
        {
            var old = Requests.Refused() with { Time = After - PathPicture.Lately - TimeSpan.FromSeconds(1) };
            picture.SetRefusals([new(old, 1, old.Time)], After);
        });
        Assert.Single(shown["refusals"]!.AsArray());
        Assert.Empty(shown["networks"]!.AsArray());
    }

    [Fact]
    public void Of_many_requests_few_flow_and_those_that_are_refused_before_others()
    {
        var shown = Shown(picture =>
        {
            Repeat(500, () => picture.Take(Requests.Answered()));
            picture.Take(Requests.Refused());
        });
        var flow = shown["flow"]!.AsArray();
        Assert.InRange(flow.Count, 2, 20);
        Assert.Contains(flow, dot => dot!["refused"]!.GetValue<bool>());
    }

    [Fact]
    public void Guests_are_forgotten_when_there_are_too_many()
    {
        var seen = new SeenGuests();
        for (var i = 0; i < SeenGuests.Capacity + 5; i++)
        {
            seen.Take(new("n", $"{i}"), Requests.Answered());
        }
        Assert.Equal(SeenGuests.Capacity, seen.All.Count());
        Assert.Null(seen.Find(new("n", "4")));
        Assert.NotNull(seen.Find(new("n", "5")));
    }

    static KnownGuests Known(int networks, int guests)
    {
        var inventory = ScriptedPath.InventoryOf(networks, guests);
        var lists = new[] { "networks", "subnets", "ports", "instances" }
            .Select(kind => JsonDocument.Parse(inventory[kind]).RootElement)
            .ToList();
        return KnownGuests.Of(lists[0], lists[1], lists[2], lists[3]);
    }

    static JsonNode Shown(Action<PathPicture> fold)
    {
        var picture = new PathPicture();
        fold(picture);
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            picture.Write(json, After);
        }
        return JsonNode.Parse(text.WrittenSpan)!;
    }

    static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
        {
            action();
        }
    }

    static JsonNode StationOf(JsonNode picture, string name) =>
        picture["stations"]!.AsArray().Single(station => station!["name"]!.GetValue<string>() == name)!;

    static double Number(JsonNode node, string name) => node[name]!.GetValue<double>();
}
