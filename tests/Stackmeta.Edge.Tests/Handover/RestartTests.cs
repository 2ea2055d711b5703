using System.Diagnostics;
using Stackmeta.Tests.Support;

namespace Stackmeta.Edge.Tests;

/// <summary>Processes that end and begin anew while guests ask.</summary>
public sealed class RestartTests
{
    const int Some = 1000;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restart_of_who_serves_is_noticed_by_no_guest()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 3);
        await rig.OpenAsync();
        var process = rig.Serve();
        await rig.WaitUntilServedByAsync(process.Id);
        await using var load = Load.On(rig);
        for (var restart = 0; restart < 3; restart++)
        {
            await load.GoOnAsync(Some);
            var next = rig.Serve();
            await process.WaitForExitAsync(Cancellation).WaitAsync(Patience);
            Assert.Equal(0, process.ExitCode);
            await EdgeRig.EventuallyAsync(() => load.AnsweredBy(next.Id) > Some, "the next one answers");
            process = next;
        }
        await load.StopAsync();
        Assert.Empty(load.Failures);
    }

    /// <summary>Between the end of one and the start of the next, guests wait in the kernel.</summary>
    [Fact]
    public async Task A_pause_in_which_nobody_serves_is_noticed_by_no_guest()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 3);
        await rig.OpenAsync();
        var process = rig.Serve();
        await rig.WaitUntilServedByAsync(process.Id);
        await using var load = Load.On(rig);
        await load.GoOnAsync(Some);
        _ = Libc.Kill(process.Id, Libc.SigTerm);
        await process.WaitForExitAsync(Cancellation).WaitAsync(Patience);
        var next = rig.Serve();
        await EdgeRig.EventuallyAsync(() => load.AnsweredBy(next.Id) > Some, "the next one answers");
        await load.StopAsync();
        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task No_guest_is_refused_when_who_serves_is_killed()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 3);
        await rig.OpenAsync();
        var process = rig.Serve();
        await rig.WaitUntilServedByAsync(process.Id);
        await using var load = Load.On(rig);
        await load.GoOnAsync(Some);
        await KillAsync(process);
        var next = rig.Serve();
        await EdgeRig.EventuallyAsync(() => load.AnsweredBy(next.Id) > Some, "the next one answers");
        await load.StopAsync();
        Assert.Equal(0, load.Refused);
        // Only connections that the killed process had accepted are lost: at most one of each guest.
        Assert.InRange(load.Failures.Count, 0, 18);
    }

    [Fact]
    public async Task An_opener_that_is_killed_and_started_again_gets_all_sockets_back()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 3);
        var opener = await rig.StartOpenerAsync();
        var process = rig.Serve();
        await rig.WaitUntilServedByAsync(process.Id);
        await using var load = Load.On(rig);
        await load.GoOnAsync(Some);
        await KillAsync(opener);
        await load.GoOnAsync(Some);
        var again = await rig.OpenAsync();
        await EdgeRig.EventuallyAsync(() => again.Namespaces.Count == 3, "the opener has the sockets again");
        await load.GoOnAsync(Some);
        Assert.Empty(load.Failures);

        await KillAsync(process);
        var next = rig.Serve();
        await EdgeRig.EventuallyAsync(() => load.AnsweredBy(next.Id) > Some, "the next one answers");
        await load.StopAsync();
        Assert.Equal(0, load.Refused);
    }

    /// <summary>Who serves may ask first, before the sockets of the one that still serves have come back.</summary>
    [Fact]
    public async Task Who_asks_an_opener_before_it_has_its_sockets_back_waits_for_them()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 3);
        var opener = await rig.StartOpenerAsync();
        var process = rig.Serve();
        await rig.WaitUntilServedByAsync(process.Id);
        await KillAsync(opener);
        await using var load = Load.On(rig);
        var next = rig.Serve();
        await load.GoOnAsync(Some);
        await rig.OpenAsync();
        await process.WaitForExitAsync(Cancellation).WaitAsync(Patience);
        await EdgeRig.EventuallyAsync(() => load.AnsweredBy(next.Id) > Some, "the next one answers");
        await load.StopAsync();
        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task An_opener_takes_over_from_another_and_no_guest_notices()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 3);
        var opener = await rig.StartOpenerAsync();
        var process = rig.Serve();
        await rig.WaitUntilServedByAsync(process.Id);
        await using var load = Load.On(rig);
        await load.GoOnAsync(Some);
        var successor = await rig.OpenAsync(takeOver: true);
        await opener.WaitForExitAsync(Cancellation).WaitAsync(Patience);
        Assert.Equal(0, opener.ExitCode);
        Assert.Equal(3, successor.Namespaces.Count);
        await load.GoOnAsync(Some);
        // What it has, it has whole: the next to serve gets it.
        await KillAsync(process);
        var next = rig.Serve();
        await EdgeRig.EventuallyAsync(() => load.AnsweredBy(next.Id) > Some, "the next one answers");
        await load.StopAsync();
        Assert.Equal(0, load.Refused);
    }

    [Fact]
    public async Task An_opener_that_lives_is_not_replaced_unasked()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 0);
        await rig.StartOpenerAsync();
        var refused = await Assert.ThrowsAsync<EdgeException>(() => rig.OpenAsync());
        Assert.Contains("Another stackmeta has the opener's socket", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Opener and who serves are both killed; what is left is in the store of systemd, here played by the test.</summary>
    [Fact]
    public async Task No_guest_is_refused_while_systemd_has_the_sockets()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 3);
        using var systemd = new PlayedSystemd();
        var opener = await rig.StartOpenerAsync(systemd);
        var process = rig.Serve();
        await rig.WaitUntilServedByAsync(process.Id);
        // IPv4 and IPv6 of each.
        await EdgeRig.EventuallyAsync(() => systemd.Stored.Count == 6, "systemd has all sockets");
        await using var load = Load.On(rig);
        await load.GoOnAsync(Some);
        await KillAsync(opener);
        await KillAsync(process);
        await rig.StartOpenerAsync(systemd);
        var next = rig.Serve();
        await EdgeRig.EventuallyAsync(() => load.AnsweredBy(next.Id) > Some, "the next one answers");
        await load.StopAsync();
        Assert.Equal(0, load.Refused);

        // What systemd has of a namespace that goes is taken back.
        var gone = rig.Networks[0];
        await gone.RemoveAsync();
        await EdgeRig.EventuallyAsync(() => systemd.Stored.Count == 4, "systemd drops two sockets");
        Assert.DoesNotContain(systemd.Stored, name => name.StartsWith(gone.Name, StringComparison.Ordinal));
    }

    static async Task KillAsync(Process process)
    {
        process.Kill();
        await process.WaitForExitAsync(Cancellation).WaitAsync(Patience);
    }
}
