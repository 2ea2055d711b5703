using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Api.Tests;

/// <summary>Kept records, patience, and what the record does not hold (spec/nova-metadata.md §8.1; cases P).</summary>
public sealed class RecordTests
{
    const string Path = "/latest/meta-data/hostname";

    readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task P8_a_record_serves_all_documents_for_fifteen_seconds()
    {
        await using var api = await TestApi.StartAsync(_time);
        await api.AskAsync(Path);
        await api.AskAsync("/openstack/latest/meta_data.json");
        _time.Advance(TimeSpan.FromSeconds(14.9));
        await api.AskAsync(Path);
        Assert.Equal(1, api.Source.Loads);
        api.Source.Instances[TestApi.Uuid] = TestApi.Web1 with { Hostname = "renamed" };
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("renamed.novalocal", (await api.AskAsync(Path)).Text);
    }

    [Fact]
    public async Task P9_with_expiration_zero_every_request_loads()
    {
        await using var api = await TestApi.StartAsync(
            _time,
            new ApiOptions { Cache = new() { Expiration = TimeSpan.Zero } }
        );
        await api.AskAsync(Path);
        await api.AskAsync(Path);
        Assert.Equal(2, api.Source.Loads);
    }

    [Fact]
    public async Task P11_that_an_instance_is_not_there_is_believed_for_a_second()
    {
        await using var api = await TestApi.StartAsync(_time);
        Assert.Equal(404, (await AskForAsync(api, "born-later")).Status);
        Assert.Equal(404, (await AskForAsync(api, "born-later")).Status);
        Assert.Equal(1, api.Source.Loads);
        api.Source.Instances["born-later"] = TestApi.Web1 with { Uuid = "born-later" };
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await AskForAsync(api, "born-later")).Status);
    }

    [Fact]
    public async Task A_change_that_is_told_is_shown_at_once()
    {
        await using var api = await TestApi.StartAsync(_time);
        await api.AskAsync(Path);
        api.Source.Instances[TestApi.Uuid] = TestApi.Web1 with { Hostname = "renamed" };
        api.Cache.Forget(TestApi.Uuid);
        Assert.Equal("renamed.novalocal", (await api.AskAsync(Path)).Text);
    }

    [Fact]
    public async Task While_the_source_is_down_known_instances_are_answered_and_others_wait_then_503()
    {
        var options = new ApiOptions
        {
            Cache = new() { Expiration = TimeSpan.FromMilliseconds(1), Patience = TimeSpan.FromSeconds(0.5) },
        };
        await using var api = await TestApi.StartAsync(options: options);
        Assert.Equal(200, (await api.AskAsync(Path)).Status);
        api.Source.Trouble = Refusal.InstanceSourceUnavailable;
        Assert.Equal(200, (await api.AskAsync(Path)).Status);
        var unknown = await AskForAsync(api, "unknown");
        Assert.Equal(503, unknown.Status);
        Assert.Equal("2", unknown["Retry-After"]);
        // What needs no record is answered all the while.
        Assert.Equal(200, (await api.AskRawAsync("GET", "/", "")).Status);
        Assert.Equal(403, (await api.AskRawAsync("GET", Path, TestApi.Proof() + "X-Instance-ID: x\r\n")).Status);
    }

    [Fact]
    public async Task A_request_that_waits_is_answered_as_soon_as_the_source_is_back()
    {
        await using var api = await TestApi.StartAsync();
        api.Source.Trouble = Refusal.InstanceSourceUnavailable;
        var asking = api.AskAsync(Path);
        while (api.Source.Loads < 2)
        {
            await Task.Delay(10);
        }
        Assert.False(asking.IsCompleted);
        api.Source.Trouble = Refusal.None;
        Assert.Equal(200, (await asking).Status);
    }

    [Fact]
    public async Task A_source_that_failed_for_good_is_500_at_once()
    {
        await using var api = await TestApi.StartAsync();
        api.Source.Trouble = Refusal.InstanceSourceFailed;
        var answer = await api.AskAsync(Path);
        Assert.Equal(500, answer.Status);
        Assert.Equal(93, answer.Body.Length);
    }

    [Fact]
    public async Task While_the_source_fails_for_good_known_instances_are_answered()
    {
        await using var api = await TestApi.StartAsync(_time);
        Assert.Equal(200, (await api.AskAsync(Path)).Status);
        api.Source.Trouble = Refusal.InstanceSourceFailed;
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(200, (await api.AskAsync(Path)).Status);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(500, (await api.AskAsync(Path)).Status);
    }

    [Fact]
    public async Task A_guest_that_goes_away_leaves_the_load_to_the_others()
    {
        await using var api = await TestApi.StartAsync();
        var gate = new TaskCompletionSource();
        api.Source.Gate = gate.Task;
        using (var guest = await Stackmeta.Tests.Support.RawHttp.ConnectAsync(api.Address))
        {
            await guest.SendAsync($"GET {Path} HTTP/1.1\r\nHost: h\r\n{TestApi.Proof()}\r\n");
            while (api.Source.Loads == 0)
            {
                await Task.Delay(10);
            }
        }
        var staying = api.AskAsync(Path);
        await Task.Delay(100);
        gate.SetResult();
        Assert.Equal(200, (await staying).Status);
        Assert.Equal(1, api.Source.Loads);
    }

    [Fact]
    public async Task Security_groups_are_asked_for_only_by_the_leaf_that_shows_them_and_then_kept()
    {
        var groups = new FakeGroups { Answer = new(["default", "web", "default"], Refusal.None) };
        await using var api = await TestApi.StartAsync(_time, securityGroups: groups);
        api.Source.Instances[TestApi.Uuid] = TestApi.Web1 with { SecurityGroups = default };
        foreach (
            var path in (string[])
                ["/latest/meta-data/", "/latest/meta-data/hostname", "/openstack/latest/meta_data.json"]
        )
        {
            Assert.Equal(200, (await api.AskAsync(path)).Status);
        }
        Assert.Equal(0, groups.Asked);
        Assert.Equal("default\nweb\ndefault", (await api.AskAsync("/latest/meta-data/security-groups")).Text);
        Assert.Equal("default\nweb\ndefault", (await api.AskAsync("/1.0/meta-data/security-groups/")).Text);
        Assert.Equal(1, groups.Asked);
    }

    [Fact]
    public async Task Security_groups_that_cannot_be_had_break_only_themselves()
    {
        var groups = new FakeGroups { Answer = new(default, Refusal.SecurityGroupsUnavailable) };
        await using var api = await TestApi.StartAsync(
            options: new ApiOptions { Cache = new() { Patience = TimeSpan.FromSeconds(0.3) } },
            securityGroups: groups
        );
        api.Source.Instances[TestApi.Uuid] = TestApi.Web1 with { SecurityGroups = default };
        Assert.Equal(503, (await api.AskAsync("/latest/meta-data/security-groups")).Status);
        Assert.Equal(200, (await api.AskAsync("/latest/user-data")).Status);
        Assert.Equal(200, (await api.AskAsync("/latest/meta-data/")).Status);
    }

    [Theory]
    [InlineData("web", 404)]
    [InlineData("nope", 200)]
    public async Task A25_options_below_the_security_groups_tells_a_groups_name_from_another(string name, int status)
    {
        var groups = new FakeGroups { Answer = new(["default", "web"], Refusal.None) };
        await using var api = await TestApi.StartAsync(_time, securityGroups: groups);
        api.Source.Instances[TestApi.Uuid] = TestApi.Web1 with { SecurityGroups = default };
        Assert.Equal(404, (await api.AskAsync($"/latest/meta-data/security-groups/{name}")).Status);
        Assert.Equal(0, groups.Asked);
        Assert.Equal(status, (await api.AskAsync($"/latest/meta-data/security-groups/{name}", "OPTIONS")).Status);
    }

    [Fact]
    public async Task No_answer_crosses_to_another_instance_whatever_happens_at_once()
    {
        var options = new ApiOptions { Cache = new() { Expiration = TimeSpan.FromMilliseconds(5) } };
        await using var api = await TestApi.StartAsync(options: options);
        string[] ids = [.. Enumerable.Range(0, 8).Select(i => $"id-{i}")];
        foreach (var id in ids)
        {
            api.Source.Instances[id] = TestApi.Web1 with { Uuid = id, Hostname = $"host-of-{id}" };
        }
        var asking = Enumerable
            .Range(0, 4)
            .Select(worker =>
                Task.Run(async () =>
                {
                    for (var i = 0; i < 200; i++)
                    {
                        var id = ids[(worker + i) % ids.Length];
                        var answer = await AskForAsync(api, id);
                        Assert.Equal(200, answer.Status);
                        Assert.StartsWith($"host-of-{id}", answer.Text, StringComparison.Ordinal);
                        if (i % 7 == 0)
                        {
                            api.Source.Instances[id] = api.Source.Instances[id] with { Hostname = $"host-of-{id}-{i}" };
                            api.Cache.Forget(id);
                        }
                    }
                })
            );
        await Task.WhenAll(asking);
    }

    static Task<Stackmeta.Tests.Support.RawAnswer> AskForAsync(TestApi api, string id) =>
        api.AskRawAsync("GET", Path, TestApi.Proof(id));

    sealed class FakeGroups : ISecurityGroupNames
    {
        public SecurityGroupAnswer Answer { get; set; }

        public int Asked;

        public ValueTask<SecurityGroupAnswer> FindNamesAsync(string instanceId, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref Asked);
            return new(Answer);
        }
    }
}
