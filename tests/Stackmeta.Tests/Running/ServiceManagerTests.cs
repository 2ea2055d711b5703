using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Stackmeta.Tests;

/// <summary>The words that systemd is told (sd_notify(3), sd_watchdog_enabled(3)).</summary>
public sealed class ServiceManagerTests : IDisposable
{
    readonly string _path = Path.Combine(Path.GetTempPath(), $"stackmeta-notify-{Guid.NewGuid():N}");
    readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    readonly Dictionary<string, string> _environment = [];

    public ServiceManagerTests()
    {
        _socket.Bind(new UnixDomainSocketEndPoint(_path));
        _environment["NOTIFY_SOCKET"] = _path;
    }

    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(_path);
    }

    ServiceManager? Open() => ServiceManager.Open(name => _environment.GetValueOrDefault(name), TimeProvider.System);

    string Told()
    {
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, _socket.Receive(buffer));
    }

    [Fact]
    public void Each_word_is_the_manual_s()
    {
        using var manager = Open()!;
        manager.Ready();
        Assert.Equal("READY=1", Told());
        manager.KeepAlive();
        Assert.Equal("WATCHDOG=1", Told());
        manager.Stopping();
        Assert.StartsWith("STOPPING=1\nSTATUS=", Told(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_status_is_one_line()
    {
        using var manager = Open()!;
        manager.Status("Not ready: one\nREADY=1");
        Assert.Equal("STATUS=Not ready: one READY=1", Told());
    }

    /// <summary>systemd compares the time with its own, of CLOCK_MONOTONIC.</summary>
    [Fact]
    public void A_reload_is_dated_by_the_clock_that_systemd_has()
    {
        using var manager = Open()!;
        manager.Reloading();
        var told = Told().Split('\n');
        Assert.Equal("RELOADING=1", told[0]);
        var seconds = long.Parse(told[1]["MONOTONIC_USEC=".Length..], CultureInfo.InvariantCulture) / 1e6;
        var uptime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
        Assert.InRange(seconds, 1, uptime + 1);
    }

    [Fact]
    public void Without_systemd_there_is_nobody_to_tell()
    {
        _environment.Clear();
        Assert.Null(Open());
        _environment["NOTIFY_SOCKET"] = "/nowhere/notify";
        Assert.Null(Open());
    }

    [Theory]
    [InlineData("30000000", null, 30.0)]
    [InlineData("30000000", "1", null)]
    [InlineData("0", null, null)]
    [InlineData("soon", null, null)]
    [InlineData(null, null, null)]
    public void Signs_of_life_are_wanted_of_the_process_that_is_named(string? period, string? process, double? expected)
    {
        if (period is not null)
        {
            _environment["WATCHDOG_USEC"] = period;
        }
        if (process is not null)
        {
            _environment["WATCHDOG_PID"] = process;
        }
        using var manager = Open()!;
        Assert.Equal(expected, manager.Watchdog?.TotalSeconds);
    }
}
