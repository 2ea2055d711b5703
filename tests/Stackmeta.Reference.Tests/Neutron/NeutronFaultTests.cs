using Stackmeta.Agent;
using Stackmeta.Agent.Tests;
using Stackmeta.Core.Refusals;
using Stackmeta.OpenStack.Tests;
using Stackmeta.Tests.Support;

namespace Stackmeta.Reference.Tests;

/// <summary>
/// What guests get, from the agent's socket to Neutron's REST API and back, while Neutron or Keystone is at fault: whom the agent knows is
/// answered, who is new waits and is answered as soon as all is well, and only whose patience ends is told to come again.
/// </summary>
public sealed class NeutronFaultTests
{
    const string Network = "net-1";

    [Theory]
    [InlineData("down")]
    [InlineData("slow")]
    [InlineData("hangs after the headers")]
    [InlineData("closes in the middle")]
    [InlineData("500")]
    [InlineData("half a JSON")]
    [InlineData("another JSON")]
    [InlineData("401, and Keystone refuses another token")]
    [InlineData("401, and Keystone is down")]
    [InlineData("401, for every token")]
    public async Task Known_guests_are_answered_and_new_ones_as_soon_as_all_is_well(string fault)
    {
        var log = new CollectingLogger();
        await using var cloud = new FakeCloud { Neutron = static _ => (200, Ports), Loggers = log };
        var directory = new OpenStack.NeutronPortDirectory(
            cloud.Client(options => options with { Deadline = TimeSpan.FromSeconds(0.5) })
        );
        await using var nova = new FakeApi
        {
            OnRequest = static async (request, stream) =>
            {
                await FakeApi.WriteAsync(stream, FakeApi.Ok(request.Headers["X-Instance-ID"]));
                return true;
            },
        };
        await using var patient = await StartAsync(TimeSpan.FromSeconds(20));
        await using var hasty = await StartAsync(TimeSpan.FromSeconds(1));
        Assert.Equal((200, "device-5"), await AskAsync(patient, 5));

        Break(cloud, fault);
        Assert.Equal((200, "device-5"), await AskAsync(patient, 5));
        var waiting = AskAsync(patient, 6);
        Assert.Equal((503, "2"), await AskAsync(hasty, 7));
        Assert.False(waiting.IsCompleted);
        Assert.Contains(log.Lines, line => line.StartsWith("Neutron's REST API cannot be used: "));

        Heal(cloud);
        Assert.Equal((200, "device-6"), await waiting);
        Assert.Equal((200, "device-7"), await AskAsync(hasty, 7));
        using var signature = new InstanceSignature(AgentRig.Secret);
        string[] secrets = ["svc-password", "token-", "rig-shared-secret", signature.Sign("device-5")];
        Assert.All(secrets, secret => Assert.DoesNotContain(log.Lines, line => line.Contains(secret)));

        Task<AgentRig> StartAsync(TimeSpan patience)
        {
            var usual = new AgentOptions();
            // What is kept is past its time at once: it is given because nothing better is to be had.
            var ports = usual.Ports with
            {
                Patience = patience,
                Expiration = TimeSpan.FromMilliseconds(1),
                Silence = TimeSpan.FromSeconds(0.2),
            };
            return AgentRig.StartAsync(directory, nova.Uri, usual with { Ports = ports, Patience = patience }, log);
        }
    }

    static void Break(FakeCloud cloud, string fault)
    {
        switch (fault)
        {
            case "down":
                cloud.IsDown = true;
                break;
            case "slow":
                cloud.Delay = TimeSpan.FromSeconds(2);
                break;
            case "hangs after the headers":
                cloud.Hangs = true;
                break;
            case "closes in the middle":
                cloud.Truncates = true;
                break;
            case "500":
                cloud.Neutron = static _ => (500, "Traceback: token-1");
                break;
            case "half a JSON":
                cloud.Neutron = static _ => (200, Ports[..(Ports.Length / 2)]);
                break;
            case "another JSON":
                cloud.Neutron = static _ => (200, """{"NeutronError": "token-1"}""");
                break;
            case "401, and Keystone refuses another token":
                cloud.KeystoneStatus = 401;
                cloud.IsValid = static _ => false;
                break;
            case "401, and Keystone is down":
                cloud.KeystoneStatus = 503;
                cloud.IsValid = static _ => false;
                break;
            default:
                cloud.IsValid = static _ => false;
                break;
        }
    }

    static void Heal(FakeCloud cloud)
    {
        cloud.Neutron = static _ => (200, Ports);
        cloud.IsValid = static _ => true;
        cloud.KeystoneStatus = 201;
        (cloud.IsDown, cloud.Hangs, cloud.Truncates, cloud.Delay) = (false, false, false, TimeSpan.Zero);
    }

    /// <summary>The status, and the body or what is said of when to come again.</summary>
    static async Task<(int, string)> AskAsync(AgentRig agent, int guest)
    {
        var answer = await RawHttp.AskAsync(
            agent.Address,
            $"GET /latest HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Neutron-Network-ID: {Network}\r\nX-Forwarded-For: 10.0.0.{guest}\r\n\r\n"
        );
        return (answer.Status, answer.Status == 503 ? answer["Retry-After"] ?? "" : answer.Text);
    }

    static readonly string Ports = $$"""{"ports": [{{string.Join(',', Enumerable.Range(5, 3).Select(Port))}}]}""";

    static string Port(int i) =>
        $$"""{"id": "p{{i}}", "network_id": "{{Network}}", "device_id": "device-{{i}}", "project_id": "p", "mac_address": "fa:16:3e:00:00:0{{i}}", "fixed_ips": [{"ip_address": "10.0.0.{{i}}"}]}""";
}
