using System.Collections.Concurrent;
using System.Diagnostics;
using Stackmeta.Tests.Support;

namespace Stackmeta.Hostile.Tests;

/// <summary>Machines that ask all the while, as honest ones do, over connections of their own and over one that they keep.</summary>
sealed class Neighbours : IAsyncDisposable
{
    /// <summary>
    /// Less than what a guest's first program waits: cloud-init tries for 50 s with 10 s each (its DataSourceOpenStack). Two lost packets
    /// of a handshake are 3 s.
    /// </summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    readonly CancellationTokenSource _stop = new();
    readonly ConcurrentQueue<string> _missed = new();
    readonly Task[] _asking;
    int _answered;
    long _slowest;

    public Neighbours(params Machine[] machines) =>
        _asking = [
            .. machines.SelectMany(machine =>
                new[]
                {
                    Task.Run(() => AskAsync(machine, ipv6: false)),
                    Task.Run(() => AskAsync(machine, ipv6: true)),
                    Task.Run(() => KeepAskingAsync(machine)),
                }
            ),
        ];

    /// <summary>What nobody answered, or not rightly.</summary>
    public IReadOnlyCollection<string> Missed => _missed;

    public int Answered => _answered;

    public TimeSpan Slowest => TimeSpan.FromMilliseconds(Interlocked.Read(ref _slowest));

    async Task AskAsync(Machine machine, bool ipv6)
    {
        while (!_stop.IsCancellationRequested)
        {
            var watch = Stopwatch.StartNew();
            var answer = await machine.AskAsync("/latest/user-data", ipv6, seconds: Patience.TotalSeconds);
            Judge(machine, ipv6 ? "IPv6" : "IPv4", answer, watch);
            await PauseAsync();
        }
    }

    /// <summary>A connection may end between two requests; then there is another one.</summary>
    async Task KeepAskingAsync(Machine machine)
    {
        while (!_stop.IsCancellationRequested)
        {
            var watch = Stopwatch.StartNew();
            if (await machine.ConnectAsync(null, ipv6: false, Patience) is not { } socket)
            {
                Judge(machine, "a kept connection", null, watch);
                continue;
            }
            using var http = RawHttp.On(socket);
            for (var asked = 0; !_stop.IsCancellationRequested; asked++)
            {
                watch.Restart();
                GuestAnswer? answer;
                try
                {
                    await http.SendAsync("GET /latest/user-data HTTP/1.1\r\nHost: x\r\n\r\n");
                    answer = GuestAnswer.Of(await http.ReadAnswerAsync().WaitAsync(Patience));
                }
                catch (Exception e) when (e is TimeoutException or IOException or System.Net.Sockets.SocketException)
                {
                    answer = null;
                }
                if (answer is null && asked > 0 && watch.Elapsed < Patience)
                {
                    break;
                }
                Judge(machine, "a kept connection", answer, watch);
                if (answer is null)
                {
                    break;
                }
                await PauseAsync();
            }
        }
    }

    void Judge(Machine machine, string way, GuestAnswer? answer, Stopwatch watch)
    {
        if (answer is { Status: 200 } && answer.Text == machine.Secret)
        {
            Interlocked.Increment(ref _answered);
            var took = watch.ElapsedMilliseconds;
            for (var slowest = Interlocked.Read(ref _slowest); took > slowest; slowest = Interlocked.Read(ref _slowest))
            {
                Interlocked.CompareExchange(ref _slowest, took, slowest);
            }
        }
        else
        {
            _missed.Enqueue(
                $"{machine.Name} over {way} after {watch.ElapsedMilliseconds} ms: {answer?.Status.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nothing"} {answer?.Text}"
            );
        }
    }

    async Task PauseAsync()
    {
        try
        {
            await Task.Delay(Pause, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_asking);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }
}
