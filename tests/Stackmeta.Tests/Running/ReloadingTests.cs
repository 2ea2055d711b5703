using System.Collections;
using System.Threading.Channels;
using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary>What the log says of settings that a running program reads anew.</summary>
public sealed class ReloadingTests : IDisposable
{
    readonly string _config = Path.GetTempFileName();
    readonly CollectingLogger _log = new();

    public void Dispose()
    {
        _log.Dispose();
        File.Delete(_config);
    }

    SettingValues Read(params string[] assignments)
    {
        File.WriteAllText(_config, "{}");
        return SettingsReader.Read(
            null,
            new Hashtable { ["STACKMETA_CONFIG"] = _config },
            ["data=/srv/meta", .. assignments]
        );
    }

    /// <summary>Starts with some settings, reads others one after the other, and returns what is said of each.</summary>
    async Task<List<string>> SayAsync(string[] start, params string[][] later)
    {
        var settings = Read(start);
        var next = new Queue<SettingValues>(later.Select(Read));
        var asked = Channel.CreateUnbounded<bool>();
        await using var running = new Nothing();
        var reloading = new Reloading(
            next.Dequeue,
            settings,
            running,
            new LogThreshold(settings.Get(KnownSettings.LogLevel)),
            manager: null,
            _log
        );
        foreach (var _ in later)
        {
            asked.Writer.TryWrite(true);
        }
        asked.Writer.Complete();
        await reloading.RunAsync(asked.Reader, TestContext.Current.CancellationToken);
        return [.. _log.Lines.Where(static line => !line.Contains("read anew", StringComparison.Ordinal))];
    }

    [Fact]
    public async Task A_setting_that_is_put_back_is_said_to_hold()
    {
        var said = await SayAsync([], ["api.cache_seconds=3"], []);
        Assert.Equal(2, said.Count);
        Assert.Contains("api.cache_seconds was changed", said[0]);
        Assert.Contains("api.cache_seconds was put back (default) to what holds", said[1]);
    }

    [Fact]
    public async Task A_default_that_is_written_down_is_no_change() =>
        Assert.Empty(
            await SayAsync([], ["inventory.url=", "api.cache_seconds=15", "shared_secret_file=/srv/meta/secret"])
        );

    [Fact]
    public async Task A_live_setting_that_is_put_back_holds_again()
    {
        var said = await SayAsync([], ["dhcp_domain=example.org"], []);
        Assert.Contains("dhcp_domain is 'example.org' from now on.", said[0]);
        Assert.Contains("dhcp_domain is 'novalocal' from now on.", said[1]);
    }

    [Fact]
    public async Task A_third_value_waits_for_the_next_start_as_the_second_did()
    {
        var said = await SayAsync([], ["api.cache_seconds=3"], ["api.cache_seconds=4"], ["api.cache_seconds=4"]);
        Assert.Equal(2, said.Count);
        Assert.All(said, static line => Assert.Contains("was changed", line));
    }

    sealed class Nothing : IRunning
    {
        public Task Started => Task.CompletedTask;

        public Task Ended { get; } = new TaskCompletionSource().Task;

        public IReadOnlyList<string> AdminSockets => [];

        public Action PrepareReload(SettingValues settings) => static () => { };

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
