using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Supervision;
using Stackmeta.Tests.Support;

namespace Stackmeta.Edge.Tests;

/// <summary>Each loop and background task of the edge fails once by something that it does not look for.</summary>
public sealed class EdgeTaskFailureTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stackmeta-failing-");
    readonly CancellationTokenSource _stop = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    string At(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose()
    {
        _stop.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Who_follows_namespaces_is_started_again()
    {
        Machine.RequireRoot();
        using var seen = new SupervisedCase("namespaces");
        await using var listeners = Listeners(new DirectSockets(), seen.Supervisor);
        var clock = new FailingClock();
        clock.Timers.Arm();
        var watch = new NamespaceWatch(
            listeners,
            static _ => false,
            seen.Supervisor,
            clock,
            NullLogger<NamespaceWatch>.Instance
        );
        var running = seen.Supervisor.RunAsync("namespaces", watch.RunAsync, _stop.Token);
        await seen.SeeStartedAgainAsync();
        await watch.FirstLook.WaitAsync(Cancellation);
        await StopAsync(running);
    }

    [Fact]
    public async Task A_second_look_at_a_namespace_that_fails_is_said()
    {
        Machine.RequireRoot();
        using var seen = new SupervisedCase("namespace retry");
        await using var listeners = Listeners(new DirectSockets(), seen.Supervisor);
        var id = Guid.NewGuid();
        var name = $"qdhcp-{id}";
        // The pause until the name is mounted.
        var clock = new FailingClock { Due = TimeSpan.FromMilliseconds(10) };
        clock.Timers.Arm();
        var watch = new NamespaceWatch(
            listeners,
            scope => scope.Id == id,
            seen.Supervisor,
            clock,
            NullLogger<NamespaceWatch>.Instance
        );
        var running = watch.RunAsync(_stop.Token);
        try
        {
            await File.WriteAllTextAsync(NetworkNamespace.PathOf(name), "", Cancellation);
            await seen.SeeReportedAsync();
        }
        finally
        {
            File.Delete(NetworkNamespace.PathOf(name));
            await StopAsync(running);
        }
    }

    [Fact]
    public async Task Who_keeps_sockets_is_started_again()
    {
        using var seen = new SupervisedCase("kept sockets");
        var clock = new FailingClock();
        clock.Timers.Arm();
        await using var opener = await OpenAsync(seen.Supervisor, clock, NullLoggerFactory.Instance);
        await seen.SeeStartedAgainAsync();
    }

    [Fact]
    public async Task A_question_to_the_socket_broker_that_fails_ends_its_connection_alone()
    {
        using var seen = new SupervisedCase("socket broker's connection");
        using var log = new FailingLogger<NamespaceOpener>();
        await using var opener = await OpenAsync(seen.Supervisor, TimeProvider.System, log);
        using var sockets = new OpenedSockets(
            At("opener.sock"),
            seen.Supervisor,
            TimeProvider.System,
            NullLogger<OpenedSockets>.Instance
        );
        // What it refuses is said in the log, which fails; the client asks again on another connection.
        log.Lines.Arm();
        await Assert.ThrowsAnyAsync<EdgeException>(async () =>
            await sockets.WatchIpv6Async($"qdhcp-{Guid.NewGuid()}", Cancellation)
        );
        await seen.SeeReportedAsync();
        Assert.Equal(1, log.Lines.Count);
    }

    [Fact]
    public async Task What_the_socket_broker_could_not_be_told_is_said()
    {
        using var seen = new SupervisedCase("socket broker's word");
        var clock = new FailingClock();
        clock.Timers.Arm();
        using var sockets = new OpenedSockets(
            At("nobody.sock"),
            seen.Supervisor,
            clock,
            NullLogger<OpenedSockets>.Instance
        );
        sockets.Forget("qdhcp-1");
        await seen.SeeReportedAsync();
    }

    [Fact]
    public async Task Who_takes_drop_ins_is_started_again()
    {
        using var seen = new SupervisedCase("drop-in requests");
        await using var listeners = Listeners(new DirectSockets(), seen.Supervisor);
        var log = new FailingLogger<DropInServer>();
        using var dropIns = new DropInServer(At("edge"), listeners, seen.Supervisor, TimeProvider.System, log);
        var running = dropIns.RunAsync(_stop.Token);
        // It refuses what is no message, and cannot say so.
        log.Lines.Arm();
        Assert.Null(await AskAsync(dropIns.SocketPath));
        await seen.SeeStartedAgainAsync();
        Assert.NotEmpty(await AskAsync(dropIns.SocketPath) ?? "");
        await StopAsync(running);
    }

    [Fact]
    public async Task Who_follows_the_placeholders_of_drop_ins_is_started_again()
    {
        using var seen = new SupervisedCase("drop-in placeholders");
        await using var listeners = Listeners(new DirectSockets(), seen.Supervisor);
        var clock = new FailingClock();
        clock.Timers.Arm();
        using var dropIns = new DropInServer(
            At("edge"),
            listeners,
            seen.Supervisor,
            clock,
            NullLogger<DropInServer>.Instance
        );
        var running = dropIns.RunAsync(_stop.Token);
        await seen.SeeStartedAgainAsync();
        await StopAsync(running);
    }

    [Fact]
    public async Task Who_keeps_a_child_process_running_is_started_again()
    {
        using var seen = new SupervisedCase("child process");
        using var starter = new ProcessStarter(seen.Supervisor, TimeProvider.System);
        var log = new FailingLogger<SupervisedProcess>();
        log.Lines.Arm();
        await using var process = new SupervisedProcess(
            new()
            {
                Program = "stackmeta-no-such-program",
                Arguments = [],
                Namespace = "none",
                User = new(0, 0),
                Capabilities = [],
                Ports = [],
            },
            starter,
            TimeProvider.System,
            log,
            changed: static () => { }
        );
        var starting = process.StartAsync();
        await seen.SeeStartedAgainAsync();
        await starting.WaitAsync(Cancellation);
        Assert.Equal("stackmeta-no-such-program is missing.", process.Fault);
    }

    [Fact]
    public async Task The_thread_that_starts_child_processes_goes_on()
    {
        using var seen = new SupervisedCase("process starter");
        using var starter = new ProcessStarter(seen.Supervisor, TimeProvider.System);
        // The one thing that it does not look for itself: a command that cannot even say its name.
        _ = starter.StartAsync(null!, static _ => { });
        await seen.SeeStartedAgainAsync(reason: nameof(NullReferenceException));
        using var child = await starter.StartAsync(new Command("true", []), static _ => { }).WaitAsync(Cancellation);
        Assert.Equal(0, await child.Ended.WaitAsync(Cancellation));
    }

    [Fact]
    public async Task The_serving_process_is_started_though_its_loop_failed()
    {
        Machine.RequireRoot();
        using var seen = new SupervisedCase("serving process");
        var clock = new FailingClock();
        clock.Timestamps.Arm();
        var begun = At("begun");
        await using var serving = ServingProcess.Start(
            "root",
            ["/bin/sh", "-c", $"echo $$ > {begun}; exec sleep 1000"],
            new Dictionary<string, string>(),
            TimeSpan.FromSeconds(10),
            seen.Supervisor,
            clock,
            NullLogger<ServingProcess>.Instance
        );
        await seen.SeeStartedAgainAsync();
        await SupervisedCase.UntilAsync(() => File.Exists(begun), "it serves");
    }

    [Fact]
    public async Task A_link_local_address_that_could_not_be_listened_on_is_tried_again()
    {
        Machine.RequireRoot();
        Assert.SkipUnless(LinkProvisioner.HostHasIpv6(), "The kernel has no IPv6.");
        using var seen = new SupervisedCase("link-local address");
        var sockets = new FailingSockets();
        await using var listeners = Listeners(sockets, seen.Supervisor, new HastyClock());
        var id = Guid.NewGuid();
        var name = $"qdhcp-{id}";
        await Command.Ip(null, "netns", "add", name).RunAsync(Cancellation);
        try
        {
            await Command
                .Ip(name, "link", "add", "name", "eth0", "type", "veth", "peer", "name", "eth1")
                .RunAsync(Cancellation);
            await Command.Ip(name, "link", "set", "dev", "eth0", "up").RunAsync(Cancellation);
            await Command.Ip(name, "link", "set", "dev", "eth1", "up").RunAsync(Cancellation);
            await listeners.AddAsync(ServedNamespace.ForNetwork(id, name));
            var before = sockets.Opened;
            sockets.Listening.Arm();
            await Command.Ip(name, "addr", "add", "fe80::a9fe:a9fe/64", "dev", "eth0", "nodad").RunAsync(Cancellation);
            await seen.SeeReportedAsync();
            await SupervisedCase.UntilAsync(
                () => sockets.Opened > before && listeners.FindNotice(name) is null,
                "it listens"
            );
        }
        finally
        {
            await listeners.RemoveAsync(name);
            await Command.Ip(null, "netns", "delete", name).RunAsync(CancellationToken.None);
        }
    }

    static NamespaceListeners Listeners(INamespaceSockets sockets, Supervisor supervisor, TimeProvider? time = null) =>
        new(
            sockets,
            hasAntiSpoofing: true,
            new GuestLimits(new(), static _ => 1000, time ?? TimeProvider.System),
            clientOf: null,
            supervisor,
            time ?? TimeProvider.System,
            NullLoggerFactory.Instance
        );

    Task<NamespaceOpener> OpenAsync(
        Supervisor supervisor,
        TimeProvider time,
        Microsoft.Extensions.Logging.ILoggerFactory loggers
    )
    {
        Machine.RequireRoot();
        return NamespaceOpener.StartAsync(
            new() { SocketPath = At("opener.sock"), User = null },
            supervisor,
            time,
            loggers,
            Cancellation
        );
    }

    /// <returns>The answer; null when the connection ended without one.</returns>
    static async Task<string?> AskAsync(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), Cancellation);
        await socket.SendAsync("no message\n"u8.ToArray(), Cancellation);
        using var reader = new StreamReader(new NetworkStream(socket));
        return await reader.ReadLineAsync(Cancellation);
    }

    async Task StopAsync(Task running)
    {
        await _stop.CancelAsync();
        await running;
    }

    /// <summary>Real ones, of which one cannot be had.</summary>
    sealed class FailingSockets : INamespaceSockets
    {
        readonly DirectSockets _direct = new();
        int _opened;

        public FailsOnce Listening { get; } = new();

        public int Opened => Volatile.Read(ref _opened);

        public async ValueTask<Socket> ListenAsync(
            string @namespace,
            IPEndPoint endPoint,
            CancellationToken cancellationToken
        )
        {
            Listening.Pass();
            var socket = await _direct.ListenAsync(@namespace, endPoint, cancellationToken);
            Interlocked.Increment(ref _opened);
            return socket;
        }

        public ValueTask<Socket> WatchIpv6Async(string @namespace, CancellationToken cancellationToken) =>
            _direct.WatchIpv6Async(@namespace, cancellationToken);

        public void Forget(string @namespace) => _direct.Forget(@namespace);
    }

    /// <summary>Who waits for it waits a thousandth of the time.</summary>
    sealed class HastyClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 1000 : dueTime, period);
    }
}
