using System.Text.Json;

namespace Stackmeta.Admin.Tests;

/// <summary>What is called ready, and what is said when it is not.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task Nothing_is_ready_before_the_start_is_over_and_all_of_it_lives()
    {
        await using var admin = await TestAdmin.StartAsync();
        admin.Health.Starting("networks are being made");
        Assert.Equal(200, (await admin.AskAsync("/livez")).Status);
        Assert.Equal(503, (await admin.AskAsync("/readyz")).Status);
        var startup = await admin.AskAsync("/startupz");
        Assert.Equal((503, "- start: networks are being made\n"), (startup.Status, startup.Text));

        admin.Health.Started();
        Assert.Equal(200, (await admin.AskAsync("/startupz")).Status);
        Assert.Equal((200, "+ start\n"), await ReadyAsync(admin));
    }

    [Fact]
    public async Task The_start_is_over_once_all_was_well_and_stays_so()
    {
        await using var admin = await TestAdmin.StartAsync();
        var isWell = false;
        admin.Health.Add(
            new("upstream", _ => new(isWell ? HealthFinding.Well() : HealthFinding.Bad("nobody listens")))
        );
        admin.Health.Started();
        var startup = await admin.AskAsync("/startupz");
        Assert.Equal((503, "- start: waits for upstream: nobody listens\n"), (startup.Status, startup.Text));

        isWell = true;
        // A finding holds for a moment; what is new is looked at again.
        admin.Health.Started();
        Assert.Equal(200, (await admin.AskAsync("/startupz")).Status);
        isWell = false;
        admin.Health.Started();
        Assert.Equal(503, (await admin.AskAsync("/readyz")).Status);
        Assert.Equal(
            (200, "+ start\n"),
            ((await admin.AskAsync("/startupz")).Status, (await admin.AskAsync("/startupz")).Text)
        );
    }

    [Fact]
    public async Task One_bad_finding_is_enough_and_is_told_with_its_reason()
    {
        await using var admin = await TestAdmin.StartAsync();
        admin.Health.Started();
        admin.Health.Add(new("ports", _ => new(HealthFinding.Well("4 kept"))));
        admin.Health.Add(new("upstream", _ => new(HealthFinding.Bad("nobody listens"))));
        Assert.Equal((503, "+ start\n+ ports: 4 kept\n- upstream: nobody listens\n"), await ReadyAsync(admin));

        using var json = JsonDocument.Parse((await admin.AskAsync("/readyz?format=json")).Text);
        Assert.False(json.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal("nobody listens", json.RootElement.GetProperty("findings")[2].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_look_that_hangs_or_throws_is_a_bad_finding()
    {
        await using var admin = await TestAdmin.StartAsync();
        admin.Health.Started();
        admin.Health.Add(new("hangs", static _ => new(new TaskCompletionSource<HealthFinding>().Task)));
        admin.Health.Add(new("throws", static _ => throw new IOException("the disk is gone")));
        var (status, text) = await ReadyAsync(admin);
        Assert.Equal(503, status);
        Assert.Contains("- hangs: it said nothing within 1 s\n", text);
        Assert.Contains("- throws: the disk is gone\n", text);
    }

    [Fact]
    public async Task What_is_stopping_is_not_ready()
    {
        await using var admin = await TestAdmin.StartAsync();
        admin.Health.Started();
        admin.Health.Stopping();
        Assert.Equal((503, "- stop: it is stopping\n"), await ReadyAsync(admin));
    }

    static async Task<(int, string)> ReadyAsync(TestAdmin admin)
    {
        var answer = await admin.AskAsync("/readyz");
        return (answer.Status, answer.Text);
    }
}
