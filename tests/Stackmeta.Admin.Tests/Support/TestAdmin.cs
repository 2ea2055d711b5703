using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Http;
using Stackmeta.Tests.Support;

namespace Stackmeta.Admin.Tests;

/// <summary>An observed server that refuses or answers as it is told, and the admin socket beside it.</summary>
sealed class TestAdmin : IAsyncDisposable
{
    readonly string _folder;
    readonly HttpServer _guests;
    readonly AdminServer _admin;
    readonly MetricStore _metrics;
    readonly Ends _ended;

    TestAdmin(
        string folder,
        HttpServer guests,
        AdminServer admin,
        MetricStore metrics,
        RequestObserver observer,
        Ends ended
    )
    {
        (_folder, _guests, _admin, _metrics, Observer, _ended) = (folder, guests, admin, metrics, observer, ended);
    }

    public RequestObserver Observer { get; }

    public required Health Health { get; init; }

    public required RefusalMemory Refusals { get; init; }

    public string Socket => Path.Combine(_folder, "admin.sock");

    /// <summary>Starts both.</summary>
    /// <param name="handle">How guests are answered.</param>
    /// <param name="time">The clock; null for the real one.</param>
    /// <param name="routes">More routes.</param>
    public static async Task<TestAdmin> StartAsync(
        Func<Request, ValueTask<Response>>? handle = null,
        TimeProvider? time = null,
        params AdminRoute[] routes
    )
    {
        time ??= TimeProvider.System;
        var folder = Directory.CreateTempSubdirectory("stackmeta-admin-").FullName;
        var (refusals, feed, talkers) = (new RefusalMemory(), new RequestFeed(), new TopTalkers(time));
        var ended = new Ends();
        var observer = new RequestObserver(time, refusals, feed, talkers, ended);
        talkers.Show(observer.Meter);
        var metrics = new MetricStore(observer.Meter);
        var health = new Health(time);
        var guests = await HttpServer.StartAsync(
            new()
            {
                Addresses = [new IPEndPoint(IPAddress.Loopback, 0)],
                Observer = observer,
                Hop = PathStep.Agent,
            },
            new Handling(handle ?? (static request => new(Handling.Say(request, "hello")))),
            NullLoggerFactory.Instance,
            CancellationToken.None
        );
        var admin = await AdminServer.StartAsync(
            Path.Combine(folder, "admin.sock"),
            takeOver: false,
            [.. HealthRoutes.Of(health), .. MetricRoutes.Of(metrics), .. RequestRoutes.Of(refusals, feed), .. routes],
            NullLoggerFactory.Instance,
            CancellationToken.None
        );
        return new(folder, guests, admin, metrics, observer, ended) { Health = health, Refusals = refusals };
    }

    /// <summary>A guest's request; returns when it was observed, which is after it was answered.</summary>
    public async Task<RawAnswer> GuestAsync(string target, string method = "GET")
    {
        var answer = await GuestUnreadableAsync(target, method);
        await _ended.Seen.WaitAsync(TimeSpan.FromSeconds(20));
        return answer;
    }

    /// <summary>Bytes that are no request, and are observed before they are answered.</summary>
    public Task<RawAnswer> GuestUnreadableAsync(string target, string method = "GET") =>
        RawHttp.AskAsync(
            _guests.Addresses.First(),
            $"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        );

    /// <summary>The operator's request.</summary>
    public Task<RawAnswer> AskAsync(string target, string method = "GET", string headers = "") =>
        RawHttp.AskAsync(
            new UnixDomainSocketEndPoint(Socket),
            $"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n"
        );

    public async ValueTask DisposeAsync()
    {
        await _admin.DisposeAsync();
        await _guests.DisposeAsync();
        _metrics.Dispose();
        Observer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    sealed class Ends : IRequestListener
    {
        public SemaphoreSlim Seen { get; } = new(0);

        public void Ended(RequestObservation request) => Seen.Release();
    }
}
