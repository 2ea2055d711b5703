using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Supervision;
using Stackmeta.Tests.Support;

namespace Stackmeta.Edge.Tests;

/// <summary>The test program as the process that serves guests without rights, and as the opener.</summary>
static class ServingRoles
{
    public const string Serve = "serve";
    public const string Open = "open";
    public const string Ask = "ask";
    public const string Misuse = "misuse";

    /// <summary>Printed by the opener once it answers.</summary>
    public const string Ready = "ready";

    /// <summary>Serves those networks that are there by sockets of an opener; each answer tells the scope and this process.</summary>
    public static async Task<int> ServeAsync(string openerSocket, string[] networks)
    {
        var wanted = networks.Select(Guid.Parse).ToHashSet();
        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(
            PosixSignal.SIGTERM,
            signal =>
            {
                signal.Cancel = true;
                stop.Cancel();
            }
        );
        using var sockets = new OpenedSockets(
            openerSocket,
            new Supervisor(TimeProvider.System, NullLogger<Supervisor>.Instance),
            TimeProvider.System,
            NullLogger<OpenedSockets>.Instance
        );
        await using var server = await EdgeServer.StartAsync(
            new(),
            sockets,
            Handling.Of(static request =>
                Handling.Say(request, $"{((IGuestPeer)request.Client!).Scope.Id} {Environment.ProcessId}")
            ),
            clientOf: null,
            TimeProvider.System,
            NullLoggerFactory.Instance,
            CancellationToken.None
        );
        var watch = new NamespaceWatch(
            server.Listeners,
            scope => wanted.Contains(scope.Id),
            new Supervisor(TimeProvider.System, NullLogger<Supervisor>.Instance),
            TimeProvider.System,
            NullLogger<NamespaceWatch>.Instance
        );
        var running = Task.WhenAll(sockets.RunAsync(stop.Token), watch.RunAsync(stop.Token));
        await Task.WhenAny(running, sockets.Relieved);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await server.StopAsync(patience.Token);
        await stop.CancelAsync();
        await running;
        return 0;
    }

    /// <summary>An opener for a user, which takes over from one that lives, and ends when another takes over from it.</summary>
    public static async Task<int> OpenAsync(string socket, string user)
    {
        await using var opener = await NamespaceOpener.StartAsync(
            new()
            {
                SocketPath = socket,
                User = user,
                TakeOver = true,
            },
            new Supervisor(TimeProvider.System, NullLogger<Supervisor>.Instance),
            TimeProvider.System,
            NullLoggerFactory.Instance,
            CancellationToken.None
        );
        Console.WriteLine(Ready);
        await opener.Succeeded;
        return 0;
    }

    /// <summary>Asks for a listening socket and prints why it gets none.</summary>
    public static async Task<int> AskAsync(string openerSocket, string @namespace)
    {
        using var sockets = new OpenedSockets(
            openerSocket,
            new Supervisor(TimeProvider.System, NullLogger<Supervisor>.Instance),
            TimeProvider.System,
            NullLogger<OpenedSockets>.Instance
        );
        try
        {
            using var socket = await sockets.ListenAsync(
                @namespace,
                new(MetadataAddress.Ipv4, MetadataAddress.Port),
                CancellationToken.None
            );
            Console.WriteLine("given");
        }
        catch (EdgeException e)
        {
            Console.WriteLine(e.Message);
        }
        return 0;
    }

    /// <summary>Asks the kernel, by the socket that tells of addresses, to take the loopback down, and prints its answer.</summary>
    public static async Task<int> MisuseAsync(string openerSocket, string @namespace)
    {
        using var sockets = new OpenedSockets(
            openerSocket,
            new Supervisor(TimeProvider.System, NullLogger<Supervisor>.Instance),
            TimeProvider.System,
            NullLogger<OpenedSockets>.Instance
        );
        using var socket = await sockets.WatchIpv6Async(@namespace, CancellationToken.None);
        // nlmsghdr: 32 bytes, RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK; ifinfomsg: index 1, of its flags clear IFF_UP.
        byte[] request =
        [
            .. (byte[])[32, 0, 0, 0, 16, 0, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0],
            .. (byte[])[0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0],
        ];
        await socket.SendAsync(request);
        var answer = new byte[4096];
        await socket.ReceiveAsync(answer);
        Console.WriteLine(BitConverter.ToInt32(answer, 16));
        return 0;
    }
}
