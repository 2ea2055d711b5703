using System.Text;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Tests;

/// <summary>
/// Secrets are planted wherever there are some, and everything is done that can go well or wrong; none may come up in anything that an
/// operator reads or a refused guest is told, at the most verbose level.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class CanaryTests
{
    const string Secret = "canary-secret-1111";
    const string UserData = "canary-user-data-2222";
    const string Password = "canary-password-3333";
    const string Token = "canary-token-4444";
    const string Body = "canary-body-5555";

    [Fact]
    public async Task LP2150094_LP1288463_LP1808879_no_secret_is_in_any_log_metric_refusal_trace_or_error()
    {
        await using var collector = await Collector.StartAsync();
        var path = await ObservedPath.StartAsync(Secret, collector.Address);
        await using var stopped = path;
        using var signature = new InstanceSignature(Encoding.UTF8.GetBytes(Secret));
        var (instance, project) = (path.Port.DeviceId, path.Port.ProjectId);
        await path.Inventory.Instances.ChangeAsync(
            instance,
            entry => entry with { UserData = Encoding.ASCII.GetBytes(UserData) },
            default
        );
        var trace = path.RunAsync("trace", "--count", "12", "--output", "json");
        var errors = new StringBuilder();
        var valid = signature.Sign(instance);
        var headers = $"Authorization: Bearer {Token}\r\nCookie: session={Token}\r\nX-Auth-Token: {Token}\r\n";

        for (var round = 0; round < 200 && (round == 0 || !trace.IsCompleted); round++)
        {
            Assert.Contains(UserData, (await path.GuestAsync("/openstack/latest/user_data", headers: headers)).Text);
            await path.GuestAsync("/openstack/latest/password", method: "POST", headers: headers, body: Password);
            await ErrorAsync(path.GuestAsync("/openstack/latest/password", method: "POST", body: Body));
            await ErrorAsync(path.GuestAsync($"/no-such?token={Token}", headers: headers));
            await ErrorAsync(path.GuestAsync($"/latest?token={Token}", "10.9.9.9", headers: headers));
            await ErrorAsync(path.GuestAsync("/latest", "not-an-address", headers: headers));
            await ErrorAsync(path.GuestAsync("/%zz", headers: headers));
            await ErrorAsync(path.GuestAsync("/latest", headers: $"X-OVN-Network-ID: {Token}\r\n"));
            await ErrorAsync(path.AgentAsync("/latest", $"X-Instance-ID: {instance}\r\nX-Tenant-ID: {project}\r\n"));
            foreach (var sent in (string[])[valid + "00", $"{Token}", valid[..^1]])
            {
                await ErrorAsync(
                    path.AgentAsync(
                        "/latest",
                        $"X-Instance-ID: {instance}\r\nX-Tenant-ID: {project}\r\nX-Instance-ID-Signature: {sent}\r\n"
                    )
                );
            }
            // Rightly signed, and not the instance's project.
            await ErrorAsync(
                path.AgentAsync(
                    "/latest",
                    $"X-Instance-ID: {instance}\r\nX-Tenant-ID: other\r\nX-Instance-ID-Signature: {valid}\r\n{headers}"
                )
            );
            await Task.WhenAny(trace, Task.Delay(25));
        }

        var seen = new Dictionary<string, string>
        {
            ["log"] = string.Join('\n', path.Log.Lines),
            ["errors"] = errors.ToString(),
            ["trace"] = (await trace).Output,
            ["settings"] = (await path.RunAsync("settings")).Output,
            ["status"] = (await path.RunAsync("status", "--output", "json")).Output,
            ["refusals command"] = (await path.RunAsync("refusals", "--all", "--output", "json")).Output,
        };
        foreach (var page in (string[])["/", "/metrics", "/refusals", "/readyz", "/readyz?format=json"])
        {
            seen[page] = await path.AdminAsync(page);
        }
        // What is left goes to the collector when the program stops.
        await path.DisposeAsync();
        seen["collector"] = collector.Everything;
        Assert.Contains(collector.Spans, span => span.Tags.GetValueOrDefault("error.type") == "signature-wrong");
        Assert.NotEmpty(collector.Metrics);
        Assert.All(seen, page => Assert.NotEmpty(page.Value));
        Assert.Contains("signature-wrong", seen["/refusals"]);
        foreach (var (where, text) in seen)
        {
            foreach (var canary in (string[])[Secret, UserData, Password, Token, Body, valid, Base64(UserData)])
            {
                Assert.False(text.Contains(canary, StringComparison.Ordinal), $"{canary} is in {where}: {text}");
            }
        }

        async Task ErrorAsync(Task<Support.RawAnswer> asking)
        {
            var answer = await asking;
            Assert.InRange(answer.Status, 400, 599);
            errors.Append(answer.Text);
        }
    }

    /// <summary>Guests decide how often and how long they ask, not how much is logged.</summary>
    [Fact]
    public async Task OSSA2012003_what_guests_send_does_not_decide_how_much_is_logged()
    {
        await using var path = await ObservedPath.StartAsync();
        for (var i = 0; i < 300; i++)
        {
            await path.GuestAsync("/" + new string('x', 8000), "10.9.9.9");
        }
        const int AgentRefused = 2001;
        var lines = path.Log.Of(AgentRefused);
        // 60 a minute, and the test may see two minutes begin.
        Assert.InRange(lines.Count, 1, 120);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 1000));
    }

    static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
}
