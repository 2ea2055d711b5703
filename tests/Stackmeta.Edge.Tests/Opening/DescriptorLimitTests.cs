using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Edge.Tests;

/// <summary>A process that has no descriptor left to accept with.</summary>
public sealed class DescriptorLimitTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_guest_waits_while_no_descriptor_is_left_and_is_answered_then()
    {
        await using var rig = await OpenerRig.StartAsync(networks: 1);
        await rig.OpenAsync();
        var network = rig.Networks[0];
        var process = rig.Serve();
        await rig.WaitUntilServedByAsync(process.Id);
        await SetLimitAsync(process, LowestFree(process));
        using var guest = NetworkNamespace.CreateSocket(network.Name, AddressFamily.InterNetwork, SocketType.Stream);
        await guest.ConnectAsync(new IPEndPoint(MetadataAddress.Ipv4, MetadataAddress.Port), Cancellation);
        await guest.SendAsync("GET / HTTP/1.0\r\nHost: a\r\n\r\n"u8.ToArray(), Cancellation);
        var answer = ReadAsync(guest);
        // Long enough for some tries in vain.
        await Task.Delay(TimeSpan.FromMilliseconds(300), Cancellation);
        Assert.False(answer.IsCompleted);
        await SetLimitAsync(process, 1024);
        Assert.EndsWith($"{network.Id} {process.Id}", await answer);
    }

    static async Task<string> ReadAsync(Socket guest)
    {
        using var reader = new StreamReader(new NetworkStream(guest));
        return await reader.ReadToEndAsync(Cancellation);
    }

    /// <summary>The number that the next descriptor gets.</summary>
    static int LowestFree(Process process)
    {
        var open = Directory
            .EnumerateFiles($"/proc/{process.Id}/fd")
            .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))
            .ToHashSet();
        return Enumerable.Range(0, open.Count + 1).First(number => !open.Contains(number));
    }

    /// <summary>As the process's own user: even root may need a right of its own for another's limits (prlimit(2)).</summary>
    static async Task SetLimitAsync(Process process, int limit)
    {
        string[] command =
        [
            .. OpenerRig.RightsOf(OpenerRig.User),
            "prlimit",
            "--pid",
            $"{process.Id}",
            $"--nofile={limit}:",
        ];
        await new Command(command[0], command[1..]).RunAsync(Cancellation);
    }
}
