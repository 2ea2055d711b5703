using System.Text.Json;
using Stackmeta.Admin;

namespace Stackmeta.WebConsole.Tests;

/// <summary>Which guest a request is from, and how guests are found.</summary>
public sealed class GuestListTests
{
    readonly KnownGuests _known = Known();

    [Fact]
    public void A_known_guest_is_asked_about_by_its_port_and_called_by_its_name()
    {
        var row = RowOf(Requests.Answered("10.1.0.13", "vm-id-1-3") with { ScopeId = ScriptedPath.NetworkId(1) });
        Assert.Equal(("vm-1-3", "port-1-3"), (row.Title, row.Name.Asked));
        Assert.Equal(ScriptedPath.NetworkId(1), row.Name.Network);
    }

    [Fact]
    public void A_request_by_a_router_is_of_the_guest_whose_instance_the_agent_found()
    {
        var row = RowOf(Requests.Answered("10.1.0.13", "vm-id-1-3") with { Scope = "router", ScopeId = "some-router" });
        Assert.Equal("vm-1-3", row.Title);
    }

    [Fact]
    public void A_link_local_address_is_the_guests_whose_instance_the_agent_found()
    {
        var row = RowOf(
            Requests.Answered("fe80::f816:3eff:fe00:1", "vm-id-1-3") with
            {
                ScopeId = ScriptedPath.NetworkId(1),
            }
        );
        Assert.Equal("vm-1-3", row.Title);
    }

    [Fact]
    public void A_stranger_is_asked_about_by_address_and_network()
    {
        var row = RowOf(Requests.Refused() with { ScopeId = ScriptedPath.NetworkId(2) });
        Assert.Equal(new GuestName("10.9.9.9", ScriptedPath.NetworkId(2)), row.Name);
    }

    [Fact]
    public void A_stranger_behind_a_router_is_asked_about_by_address_and_router()
    {
        var row = RowOf(Requests.Refused() with { Scope = "router", ScopeId = "r1" });
        Assert.Equal(new GuestName("10.9.9.9", null, "r1"), row.Name);
    }

    [Theory]
    [InlineData("vm-2-1", 1)]
    [InlineData("VM-2", 5)]
    [InlineData("10.1.0.1", 5)]
    [InlineData("port-0-4", 1)]
    [InlineData("vm-id-2-0", 1)]
    [InlineData("nobody", 0)]
    public void Guests_are_found_by_name_address_port_and_instance(string search, int found) =>
        Assert.Equal(found, List().Search(search).Count());

    [Fact]
    public void Those_in_trouble_come_first_then_those_who_asked()
    {
        var seen = new SeenGuests();
        var asked = Requests.Answered("10.1.0.12", "vm-id-1-2") with { ScopeId = ScriptedPath.NetworkId(1) };
        seen.Take(GuestList.KeyOf(asked, _known)!.Value, asked);
        var refused = asked with { Address = "10.1.0.14", Refusal = "instance-not-found", Status = 404 };
        var list = new GuestList(
            _known,
            seen,
            new Dictionary<GuestKey, TracedRequest> { [GuestList.KeyOf(refused, _known)!.Value] = refused }
        );
        Assert.Equal(
            ["vm-1-4", "vm-1-2", "vm-1-0", "vm-1-1", "vm-1-3"],
            list.OfNetwork(ScriptedPath.NetworkId(1)).Select(row => row.Title)
        );
    }

    GuestRow RowOf(TracedRequest request) => List().RowOf(GuestList.KeyOf(request, _known)!.Value);

    GuestList List() => new(_known, new SeenGuests(), new Dictionary<GuestKey, TracedRequest>());

    static KnownGuests Known()
    {
        var inventory = ScriptedPath.InventoryOf(networks: 3, guests: 5);
        var lists = new[] { "networks", "subnets", "ports", "instances" }
            .Select(kind => JsonDocument.Parse(inventory[kind]).RootElement)
            .ToList();
        return KnownGuests.Of(lists[0], lists[1], lists[2], lists[3]);
    }
}
