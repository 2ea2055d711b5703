namespace Stackmeta.Edge.Tests;

/// <summary>What an edge that was killed by SIGKILL leaves, and what the next one does with it.</summary>
public sealed class CrashTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_processes_die_with_it_and_the_next_edge_takes_the_network_with_its_guests_over()
    {
        await using var rig = await EdgeRig.StartAsync();
        var network = EntryPoint.Network(Guid.NewGuid(), Guid.NewGuid());
        using var edge = await KilledEdge.StartAsync(rig.Options, network);
        var guest = await rig.AttachAsync(network, network.Hosts[0]);
        await guest.AcquireLeaseAsync(Cancellation);
        await edge.KillAsync();
        await EdgeRig.EventuallyAsync(
            () => !ProcessTable.FindLeftOver(["dnsmasq", "haproxy"], rig.Options.RunDirectory).Any(),
            "dnsmasq and haproxy die with their edge"
        );
        await rig.ApplyAsync(network);
        var answer = await guest.RunAsync("curl", ["-sS", "--max-time", "10", "http://169.254.169.254/"], Cancellation);
        Assert.Equal(("GET /", ""), (answer.Output, answer.Error));
    }

    [Fact]
    public async Task What_is_no_longer_wanted_of_it_is_removed()
    {
        await using var rig = await EdgeRig.StartAsync();
        var network = EntryPoint.Network(Guid.NewGuid(), Guid.NewGuid());
        using var edge = await KilledEdge.StartAsync(rig.Options, network);
        await edge.KillAsync();
        await rig.ApplyAsync();
        await rig.Provisioner.StopAsync(Cancellation);
        Assert.Empty(await rig.FindTracesAsync(network));
    }

    /// <summary>A process that was being started when its edge died has not been told yet to die with it.</summary>
    [Fact]
    public async Task A_process_that_outlived_it_is_ended()
    {
        await using var rig = await EdgeRig.StartAsync();
        Directory.CreateDirectory(rig.Options.RunDirectory);
        var configuration = Path.Combine(rig.Options.RunDirectory, "haproxy.conf");
        await File.WriteAllTextAsync(
            configuration,
            $"defaults\n mode http\n timeout client 1s\n timeout server 1s\n timeout connect 1s\nlisten l\n bind unix@{rig.Options.RunDirectory}/s\n",
            Cancellation
        );
        await new Command("haproxy", "-D", "-f", configuration).RunAsync(Cancellation);
        var process = rig.FindProcess("haproxy");
        await rig.ApplyAsync();
        Assert.True(ProcessTable.ReadCommandLine(process).IsAbsent);
        Directory.Delete(rig.Options.RunDirectory, recursive: true);
    }
}
