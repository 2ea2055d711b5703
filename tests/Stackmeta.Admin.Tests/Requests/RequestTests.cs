using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;
using Stackmeta.Tests.Support;

namespace Stackmeta.Admin.Tests;

/// <summary>What is remembered of refused guests, and what those see who watch.</summary>
public sealed class RequestTests
{
    [Fact]
    public async Task A_refused_guest_is_remembered_with_who_where_when_and_why()
    {
        await using var admin = await TestAdmin.StartAsync(request => RefuseAs(request, "net-1", "10.0.0.9"));
        await admin.GuestAsync("/openstack/latest?token=canary-4711");
        await admin.GuestAsync("/openstack/latest?token=canary-4712");

        var answer = await admin.AskAsync("/refusals");
        using var json = JsonDocument.Parse(answer.Text);
        var entry = Assert.Single(json.RootElement.GetProperty("refusals").EnumerateArray());
        Assert.Equal(2, entry.GetProperty("count").GetInt32());
        Assert.Equal("port-not-found", entry.GetProperty("refusal").GetString());
        Assert.Equal("agent", entry.GetProperty("refused_by").GetString());
        Assert.Equal("net-1", entry.GetProperty("scope_id").GetString());
        Assert.Equal("10.0.0.9", entry.GetProperty("address").GetString());
        Assert.Equal("/openstack/latest", entry.GetProperty("target").GetString());
        Assert.StartsWith("req-", entry.GetProperty("request_id").GetString());
        Assert.DoesNotContain("canary", answer.Text);
    }

    [Fact]
    public async Task A_network_that_floods_leaves_others_remembered()
    {
        var flood = 0;
        await using var admin = await TestAdmin.StartAsync(request =>
            request.Target == "/quiet"
                ? RefuseAs(request, "quiet", "10.0.0.1")
                : RefuseAs(request, "loud", $"fe80::{Interlocked.Increment(ref flood):x}")
        );
        await admin.GuestAsync("/quiet");
        for (var i = 0; i < 2 * RefusalMemory.CapacityOfScope; i++)
        {
            await admin.GuestAsync("/loud");
        }
        Assert.Equal("quiet", admin.Refusals.All[0].Last.ScopeId);
        Assert.Equal(1 + RefusalMemory.CapacityOfScope, admin.Refusals.All.Length);
        Assert.Equal(1 + (2 * RefusalMemory.CapacityOfScope), admin.Refusals.Total);
    }

    [Fact]
    public async Task Texts_of_guests_are_bounded()
    {
        await using var admin = await TestAdmin.StartAsync(request =>
            RefuseAs(request, new string('n', 5000), "\u001b[31m\n10.0.0.9")
        );
        await admin.GuestAsync("/" + new string('p', 9000));
        var last = Assert.Single(admin.Refusals.All).Last;
        Assert.InRange(last.Target.Length, 1, BoundedText.MaxLength + 3);
        Assert.InRange(last.ScopeId!.Length, 1, BoundedText.MaxLength + 3);
        Assert.DoesNotContain('\n', last.Address!);
        Assert.DoesNotContain('\u001b', last.Address!);
    }

    [Fact]
    public async Task Who_watches_sees_each_request_with_its_steps()
    {
        await using var admin = await TestAdmin.StartAsync(async request =>
        {
            request.Observation!.SetGuest("network", "net-1", "10.0.0.9");
            using (request.Enter(PathStep.Ports))
            {
                await Task.Yield();
            }
            request.Observation!.SetInstance("i-1", null);
            return Handling.Say(request, "x");
        });
        await using var watch = await Watch.BeginAsync(admin, "/trace?instance=i-1");
        await using var other = await Watch.BeginAsync(admin, "/trace?instance=i-2");
        await admin.GuestAsync("/openstack");

        var seen = await watch.NextAsync();
        Assert.Equal(200, seen.GetProperty("status").GetInt32());
        Assert.Equal("i-1", seen.GetProperty("instance_id").GetString());
        Assert.Equal(
            ["agent 0", "ports 1"],
            seen.GetProperty("steps")
                .EnumerateArray()
                .Select(step => $"{step.GetProperty("step").GetString()} {step.GetProperty("depth").GetInt32()}")
        );
        Assert.False(other.HasLine);
    }

    [Fact]
    public async Task Those_who_ask_most_are_named_and_forgotten_when_they_stop()
    {
        var time = new FakeTimeProvider();
        var asked = 0;
        await using var admin = await TestAdmin.StartAsync(
            request =>
            {
                var number = asked++;
                var address = number % 2 == 0 ? "10.0.0.1" : $"10.1.{number / 256}.{number % 256}";
                request.Observation!.SetGuest("network", "net-1", address);
                return new(Handling.Say(request, "x"));
            },
            time
        );
        for (var i = 0; i < 700; i++)
        {
            await admin.GuestAsync("/");
        }
        var page = (await admin.AskAsync("/metrics")).Text;
        Assert.Contains("stackmeta_top_guests{scope=\"network\",id=\"net-1\",address=\"10.0.0.1\"} 350\n", page);
        Assert.Contains("stackmeta_top_networks{scope=\"network\",id=\"net-1\"} 700\n", page);
        Assert.Equal(20, page.Split('\n').Count(line => line.StartsWith("stackmeta_top_guests{")));

        time.Advance(TimeSpan.FromMinutes(20));
        Assert.DoesNotContain("stackmeta_top_guests{", (await admin.AskAsync("/metrics")).Text);
    }

    static ValueTask<Response> RefuseAs(Request request, string network, string address)
    {
        request.Observation!.SetGuest("network", network, address);
        return new(Response.Of(request, Refusal.PortNotFound));
    }

    /// <summary>One who asks for <c>/trace</c>.</summary>
    sealed class Watch(Socket socket, StreamReader reader) : IAsyncDisposable
    {
        public bool HasLine => socket.Available > 0;

        public static async Task<Watch> BeginAsync(TestAdmin admin, string target)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(admin.Socket));
            var stream = new NetworkStream(socket, ownsSocket: true);
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n"));
            var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync() is { Length: > 0 }) { }
            return new(socket, reader);
        }

        public async Task<JsonElement> NextAsync()
        {
            // A chunk: its length, its line, the end of the chunk.
            string? line;
            do
            {
                line = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20));
            } while (line is not null && !line.StartsWith('{'));
            using var json = JsonDocument.Parse(line!);
            return json.RootElement.Clone();
        }

        public ValueTask DisposeAsync()
        {
            reader.Dispose();
            return default;
        }
    }
}
