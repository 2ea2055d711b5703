using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Agent.Tests;
using Stackmeta.Tests.Support;

namespace Stackmeta.Reference.Tests;

/// <summary>A network whose guests all boot at once, on the whole way from the agent's socket to Neutron's REST API.</summary>
public sealed class WakeUpStormTests
{
    const int Guests = 1000;
    const string Network = "11111111-2222-3333-4444-555555555555";

    [Theory]
    [InlineData("X-Neutron-Network-ID", Network, 0)]
    [InlineData("X-Neutron-Network-ID", Network, 1500)]
    [InlineData("X-Neutron-Router-ID", "router", 0)]
    [InlineData("X-Neutron-Router-ID", "router", 1500)]
    public async Task A_thousand_guests_cost_a_slow_neutron_five_queries_at_most(
        string header,
        string scope,
        int millisecondsOfArrival
    )
    {
        await using var neutron = new RecordedNeutron { Delay = TimeSpan.FromMilliseconds(200) };
        neutron.Replace([Interface(), .. Enumerable.Range(0, Guests).Select(Port)]);
        await using var nova = new FakeApi
        {
            OnRequest = static async (request, stream) =>
            {
                await FakeApi.WriteAsync(stream, FakeApi.Ok(request.Headers["X-Instance-ID"]));
                return true;
            },
        };
        await using var agent = await AgentRig.StartAsync(neutron.Directory(new FakeTimeProvider()), nova.Uri);
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, Guests)
                .Select(async i =>
                {
                    await Task.Delay(millisecondsOfArrival * i / Guests);
                    return await RawHttp.AskAsync(
                        agent.Address,
                        $"GET /latest HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{header}: {scope}\r\nX-Forwarded-For: {Address(i)}\r\n\r\n"
                    );
                })
        );
        Assert.Equal(
            Enumerable.Range(0, Guests).Select(i => (200, Device(i))),
            answers.Select(answer => (answer.Status, answer.Text))
        );
        // The question for a router's networks is one of them.
        Assert.Equal(
            header == "X-Neutron-Router-ID" ? 1 : 0,
            neutron.Asked.Count(asked => asked.Contains("device_owner=", StringComparison.Ordinal))
        );
        Assert.True(
            neutron.Asked.Count <= 5,
            string.Join('\n', neutron.Asked.Select(asked => asked[..Math.Min(200, asked.Length)]))
        );
        Assert.Equal(Guests, nova.Requests.Count);
        Assert.Equal(Guests, nova.Requests.Select(request => request.Headers["X-Instance-ID"]).Distinct().Count());
    }

    static string Address(int i) => $"10.9.{i / 250}.{(i % 250) + 2}";

    static string Device(int i) => $"device-{i}";

    static JsonObject Port(int i) =>
        Port($"port-{i}", Device(i), "compute:nova", Address(i), $"fa:16:3e:09:{i / 250:x2}:{i % 250:x2}");

    static JsonObject Interface() =>
        Port("interface", "router", "network:router_interface", "10.9.0.1", "fa:16:3e:ff:ff:ff");

    static JsonObject Port(string id, string device, string owner, string address, string mac) =>
        new()
        {
            ["id"] = id,
            ["network_id"] = Network,
            ["device_id"] = device,
            ["device_owner"] = owner,
            ["project_id"] = "project",
            ["mac_address"] = mac,
            ["fixed_ips"] = new JsonArray(new JsonObject { ["ip_address"] = address, ["subnet_id"] = "subnet" }),
        };
}
