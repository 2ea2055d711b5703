using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Stackmeta.Hostile.Tests;

/// <summary>Using up what all guests share.</summary>
static class Exhaustion
{
    public static IReadOnlyList<Attack> Attacks { get; } =
    [
        new("connections from many link-local addresses", "connections", Kinds.Own | Kinds.Router, ManyLinkLocalAsync),
        new("connections from many IPv4 addresses", "connections", Kinds.All | Kinds.Router, ManyIpv4Async),
        new("connections from many global IPv6 addresses", "connections", Kinds.Own | Kinds.Router, ManyGlobalAsync),
        new("slow readers and slow writers", "connections", Kinds.All | Kinds.Router, SlowAsync),
        new("networks made while descriptors are short", "connections", Kinds.All, NewNetworkAsync),
    ];

    static async Task ManyLinkLocalAsync(Assault assault)
    {
        var attacker = await assault.NewAttackerAsync();
        var addresses = assault.NewLinkLocals(assault.Random.Next(60, 300));
        await attacker.AddAsync(addresses);
        await HoldAsync(assault, attacker, addresses, assault.Random.Next(1200, 2200));
    }

    static async Task ManyIpv4Async(Assault assault)
    {
        var attacker = await assault.NewAttackerAsync(assault.Random.Next(30, 90));
        await HoldAsync(assault, attacker, attacker.Addresses, assault.Random.Next(1200, 2200));
    }

    /// <summary>A guest has a whole /64 to choose from, and its port one address of it.</summary>
    static async Task ManyGlobalAsync(Assault assault)
    {
        var attacker = await assault.NewAttackerAsync();
        var prefix = IPNetwork.Parse(OwnWorld.Ipv6Subnet).BaseAddress.GetAddressBytes()[..8];
        var addresses = assault
            .NewLinkLocals(assault.Random.Next(60, 300))
            .Select(address => new IPAddress([.. prefix, .. address.GetAddressBytes()[8..]]))
            .ToArray();
        await attacker.AddAsync(addresses);
        await HoldAsync(assault, attacker, addresses, assault.Random.Next(400, 800));
    }

    /// <summary>Opens as many as there can be, says something or nothing on each, and stays.</summary>
    static async Task<List<Socket>> HoldAsync(
        Assault assault,
        Machine attacker,
        IReadOnlyList<IPAddress> sources,
        int count
    )
    {
        var open = new ConcurrentBag<Socket>();
        var left = count;
        while (left > 0)
        {
            var batch = Math.Min(left, 400);
            left -= batch;
            var opened = await attacker.OpenAsync(sources, batch, TimeSpan.FromSeconds(2));
            assault.Keep(opened);
            foreach (var socket in opened)
            {
                open.Add(socket);
                byte[] said = assault.Random.Next(4) switch
                {
                    0 => [],
                    1 => "GET /latest/user-data HTTP/1.1\r\nHo"u8.ToArray(),
                    2 =>
                        "POST /openstack/2013-10-17/password HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc"u8.ToArray(),
                    _ => "GET /latest/user-data HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(),
                };
                try
                {
                    socket.Send(said);
                }
                catch (SocketException)
                {
                    // Closed already.
                }
            }
        }
        assault.Notes.Add($"{open.Count} of {count} connections from {sources.Count} addresses opened");
        // Longer than a neighbour waits.
        await assault.PauseAsync(5500, 6500);
        return [.. open];
    }

    static async Task SlowAsync(Assault assault)
    {
        var attacker = await assault.NewAttackerAsync(assault.Random.Next(20, 40));
        var sockets = await attacker.OpenAsync(
            attacker.Addresses,
            assault.Random.Next(500, 900),
            TimeSpan.FromSeconds(3)
        );
        assault.Keep(sockets);
        var pipelined = Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Repeat("GET /openstack/latest/meta_data.json HTTP/1.1\r\nHost: x\r\n\r\n", 2000))
        );
        var head = "GET /latest/user-data HTTP/1.1\r\nHost: x\r\nX-A: "u8.ToArray();
        var until = Stopwatch.StartNew();
        for (var round = 0; until.Elapsed.TotalSeconds < 4; round++)
        {
            for (var index = 0; index < sockets.Count; index++)
            {
                var socket = sockets[index];
                socket.Blocking = false;
                try
                {
                    if (index % 2 == 0)
                    {
                        // Its answers are never read.
                        socket.Send(pipelined);
                    }
                    else
                    {
                        socket.Send(round == 0 ? head : [(byte)'a']);
                    }
                }
                catch (SocketException)
                {
                    // Closed, or its buffers are full.
                }
            }
            await assault.PauseAsync(100, 300);
        }
        assault.Notes.Add($"{sockets.Count} slow connections");
    }

    /// <summary>A new network is served, if not at once then as soon as there is room.</summary>
    static async Task NewNetworkAsync(Assault assault)
    {
        var attacker = await assault.NewAttackerAsync(assault.Random.Next(30, 60));
        var sockets = await HoldAsync(assault, attacker, attacker.Addresses, assault.Random.Next(1300, 1800));
        var making = assault.World.NewNetworkAsync("late");
        await Task.WhenAny(making, Task.Delay(TimeSpan.FromSeconds(assault.Random.Next(2, 5))));
        assault.Notes.Add(making.IsCompleted ? "the network came during the attack" : "the network came late");
        foreach (var socket in sockets)
        {
            socket.Dispose();
        }
        var machine = await assault.World.AddMachineAsync(await making.WaitAsync(TimeSpan.FromSeconds(20)), "late");
        assault.Attackers.Add(machine);
        await assault.World.IsServedAsync(machine);
    }

    /// <summary>Sends bytes over one connection and takes all that comes back.</summary>
    public static async Task PipelineAsync(
        Assault assault,
        Machine attacker,
        IPAddress? source,
        string requests,
        TimeSpan patience
    )
    {
        var ipv6 = source?.AddressFamily == AddressFamily.InterNetworkV6;
        using var socket = await attacker.ConnectAsync(source, ipv6, patience);
        if (socket is null)
        {
            return;
        }
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(patience);
        var received = new MemoryStream();
        var reading = Task.Run(async () =>
        {
            var buffer = new byte[65536];
            while (await socket.ReceiveAsync(buffer, timeout.Token) is > 0 and var count)
            {
                received.Write(buffer, 0, count);
            }
        });
        try
        {
            await socket.SendAsync(Encoding.Latin1.GetBytes(requests), timeout.Token);
            socket.Shutdown(SocketShutdown.Send);
            await reading;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Cut, or no more comes.
        }
        await reading.ContinueWith(static _ => { }, TaskScheduler.Default);
        assault.Loot.AddRaw(attacker, received.ToArray());
    }
}
