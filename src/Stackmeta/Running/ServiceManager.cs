using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Stackmeta;

/// <summary>
/// systemd, as the service that it started sees it: told when the service is ready, what it does, and that it lives (sd_notify(3),
/// sd_watchdog_enabled(3)). The store of descriptors is <see cref="Edge.HostSockets"/>'.
/// </summary>
sealed class ServiceManager : IDisposable
{
    const string SocketVariable = "NOTIFY_SOCKET";
    const string WatchdogVariable = "WATCHDOG_USEC";
    const string WatchdogProcessVariable = "WATCHDOG_PID";

    readonly Socket _socket;
    readonly TimeProvider _time;

    ServiceManager(Socket socket, TimeSpan? watchdog, TimeProvider time)
    {
        _socket = socket;
        _time = time;
        Watchdog = watchdog;
    }

    /// <summary>After how long without a word from the service it is ended and started anew; null for never.</summary>
    public TimeSpan? Watchdog { get; }

    /// <summary>The manager of this process; null when nobody wants to be told.</summary>
    /// <param name="environment">A variable's value; null where it is not set.</param>
    /// <param name="time">Its timestamps must be of CLOCK_MONOTONIC, as <see cref="TimeProvider.System"/>'s are.</param>
    public static ServiceManager? Open(Func<string, string?> environment, TimeProvider time)
    {
        if (environment(SocketVariable) is not { Length: > 1 } path)
        {
            return null;
        }
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path[0] == '@' ? $"\0{path[1..]}" : path));
            return new(socket, WatchdogOf(environment), time);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket.Dispose();
            return null;
        }
    }

    static TimeSpan? WatchdogOf(Func<string, string?> environment) =>
        long.TryParse(
            environment(WatchdogVariable),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var microseconds
        )
        && microseconds > 0
        && (
            environment(WatchdogProcessVariable) is not { Length: > 0 } process
            || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture)
        )
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;

    /// <summary>The start or a reload is over.</summary>
    public void Ready() => Tell("READY=1");

    /// <summary>The start takes longer, for a reason: it is not to be given up yet.</summary>
    public void Starting(string lacking, TimeSpan longer) =>
        Tell(
            string.Create(
                CultureInfo.InvariantCulture,
                $"EXTEND_TIMEOUT_USEC={(long)longer.TotalMicroseconds}\nSTATUS=Not ready: {lacking.ReplaceLineEndings(" ")}"
            )
        );

    /// <summary>A reload begins; it ends with <see cref="Ready"/>.</summary>
    public void Reloading() =>
        Tell(
            string.Create(
                CultureInfo.InvariantCulture,
                $"RELOADING=1\nMONOTONIC_USEC={(long)_time.GetElapsedTime(0, _time.GetTimestamp()).TotalMicroseconds}"
            )
        );

    /// <summary>The end begins.</summary>
    public void Stopping() => Tell("STOPPING=1\nSTATUS=Stopping: requests under way may end");

    /// <summary>What <c>systemctl status</c> shows: one line.</summary>
    public void Status(string line) => Tell($"STATUS={line.ReplaceLineEndings(" ")}");

    /// <summary>The service lives.</summary>
    public void KeepAlive() => Tell("WATCHDOG=1");

    void Tell(string message)
    {
        try
        {
            _socket.Send(Encoding.UTF8.GetBytes(message));
        }
        catch (SocketException)
        {
            // The manager is being started anew itself; it needs no word of ours to go on.
        }
    }

    public void Dispose() => _socket.Dispose();
}
