using System.Globalization;

namespace Stackmeta.Edge.Tests;

/// <summary>A guest with many addresses, where a haproxy counts by address.</summary>
public sealed class ConnectionBoundsTests
{
    /// <summary>haproxy lets one address have 128 connections, and all together 1,024.</summary>
    const int Addresses = 20;

    /// <summary>Opens ten connections from each address, keeps them, and tells how many there are.</summary>
    const string OpensMany = """
        import select, socket, sys
        kept = []
        for host in range(int(sys.argv[1])):
            for _ in range(10):
                one = socket.socket()
                one.settimeout(5)
                one.bind(('10.0.0.%d' % (71 + host), 0))
                try:
                    one.connect(('169.254.169.254', 80))
                except ConnectionRefusedError:
                    continue
                kept.append(one)
        # What haproxy refuses ends at once after it began.
        refused, _, _ = select.select(kept, [], [], 1)
        print(len(kept) - len(refused))
        """;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_guest_with_many_addresses_has_as_many_connections_as_one_address()
    {
        await using var rig = await EdgeRig.StartAsync(Proxy.Haproxy);
        var (_, attacker) = await rig.AttachOneAsync();
        for (var host = 1; host <= Addresses; host++)
        {
            var address = string.Create(CultureInfo.InvariantCulture, $"10.0.0.{70 + host}/26");
            await Command.Ip(attacker.Name, "addr", "add", address, "dev", "eth0").RunAsync(Cancellation);
        }
        var count = Addresses.ToString(CultureInfo.InvariantCulture);
        var opened = await attacker.RunAsync("python3", ["-c", OpensMany, count], Cancellation);
        Assert.Equal((0, $"{ConnectionRules.MostOfAGuest}\n"), (opened.ExitCode, opened.Output));
        // Connections that are over count no more.
        await EdgeRig.CurlAsync(attacker, "http://169.254.169.254/");
    }
}
