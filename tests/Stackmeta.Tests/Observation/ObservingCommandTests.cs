using Stackmeta.Core.Refusals;

namespace Stackmeta.Tests;

/// <summary><c>stackmeta status</c>, <c>refusals</c> and <c>trace</c> on a path that runs.</summary>
public sealed class ObservingCommandTests
{
    [Fact]
    public async Task Status_says_ready_and_ends_with_0()
    {
        await using var path = await ObservedPath.StartAsync();
        var (code, output, error) = await path.RunAsync("status");
        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.StartsWith($"ready  {path.AdminSocket}\n", output);
        Assert.Contains("+ instances", output);
        Assert.Contains("+ ports", output);
        Assert.Contains("+ agent", output);
    }

    [Fact]
    public async Task Status_says_what_is_wrong_and_ends_with_1()
    {
        await using var path = await ObservedPath.StartAsync();
        File.Delete(Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(path.AdminSocket))!, "metadata_proxy"));
        var (code, output, _) = await path.RunAsync("status");
        Assert.Equal(ExitCodes.Failed, code);
        Assert.StartsWith("NOT READY", output);
        Assert.Contains("- agent: the socket ", output);
    }

    [Fact]
    public async Task Where_nothing_runs_the_sentence_says_so()
    {
        await using var path = await ObservedPath.StartAsync();
        var (code, output, error) = await path.RunAsync("status", "--set", "data=/nonexistent");
        Assert.Equal((ExitCodes.Failed, ""), (code, output));
        Assert.StartsWith("stackmeta: No running stackmeta answers for /nonexistent.", error);
    }

    [Fact]
    public async Task A_refused_guest_is_listed_and_usual_404s_are_not()
    {
        await using var path = await ObservedPath.StartAsync();
        await path.GuestAsync("/openstack/latest", "10.9.9.9");
        await path.GuestAsync("/openstack/latest", "10.9.9.9");
        await path.GuestAsync("/openstack/no-such");
        await path.WaitForRefusalsAsync(3);

        var (code, output, _) = await path.RunAsync("refusals");
        Assert.Equal(ExitCodes.Done, code);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Contains("10.9.9.9", lines[1]);
        Assert.Contains(ObservedPath.NameOf(Refusal.PortNotFound), lines[1]);
        Assert.StartsWith("1 usual ones are not shown", lines[2]);

        var (_, json, _) = await path.RunAsync("refusals", "--all", "--output", "json");
        using var all = System.Text.Json.JsonDocument.Parse(json);
        Assert.Equal(2, all.RootElement.GetArrayLength());
        var (named, _, _) = await path.RunAsync("refusals", "--network", "no-such-network");
        Assert.Equal(ExitCodes.Failed, named);
        var (_, none, _) = await path.RunAsync("refusals", "--network", Guid.NewGuid().ToString());
        Assert.DoesNotContain("10.9.9.9", none);
    }

    [Fact]
    public async Task A_refusal_is_one_log_line_with_its_name_and_the_id_that_refusals_show()
    {
        await using var path = await ObservedPath.StartAsync();
        await path.GuestAsync("/openstack/latest?token=x", "10.9.9.9");
        await path.WaitForRefusalsAsync(1);
        var line = Assert.Single(path.Log.Lines, line => line.Contains("10.9.9.9", StringComparison.Ordinal));
        Assert.Contains(ObservedPath.NameOf(Refusal.PortNotFound), line);
        using var json = System.Text.Json.JsonDocument.Parse(await path.AdminAsync("/refusals"));
        Assert.Contains(json.RootElement.GetProperty("refusals")[0].GetProperty("request_id").GetString()!, line);
    }

    [Theory]
    [InlineData("--sequence")]
    [InlineData("--output")]
    [InlineData("")]
    public async Task Trace_shows_requests_as_they_come(string form)
    {
        await using var path = await ObservedPath.StartAsync();
        string[] more = form switch
        {
            "" => [],
            "--output" => [form, "json"],
            _ => [form],
        };
        var trace = path.RunAsync(["trace", "--count", "1", "--instance", path.Port.DeviceId, .. more]);
        for (var ask = 0; ask < 400 && !trace.IsCompleted; ask++)
        {
            await path.GuestAsync("/openstack/latest/meta_data.json");
            await Task.WhenAny(trace, Task.Delay(25));
        }
        var (code, output, _) = await trace;
        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("/openstack/latest/meta_data.json", output);
        Assert.Contains("instances", output);
        if (form == "--sequence")
        {
            Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, SequenceDrawing.Width));
            Assert.Contains("├", output);
            Assert.Contains("◄", output);
        }
    }
}
