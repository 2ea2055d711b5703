using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Stackmeta.Edge.Tests;

/// <summary>Guests that ask without pause, on new connections and on kept ones.</summary>
sealed class Load : IAsyncDisposable
{
    const int GuestsOfEach = 3;

    readonly ConcurrentBag<Exception> _failures = [];
    readonly ConcurrentDictionary<string, int> _answers = new();
    readonly Task _asking;
    volatile bool _isStopped;

    Load(IReadOnlyList<ServedNetwork> networks) =>
        _asking = Task.WhenAll(
            networks.SelectMany(network =>
                Enumerable
                    .Range(0, 2 * GuestsOfEach)
                    .Select(guest => Task.Run(() => AskAsync(network, onNewConnection: guest % 2 == 0)))
            )
        );

    public static Load On(OpenerRig rig) => new(rig.Networks);

    /// <summary>All that went wrong.</summary>
    public IReadOnlyCollection<Exception> Failures => _failures;

    /// <summary>What went wrong because nobody had a listening socket.</summary>
    public int Refused =>
        _failures.Count(failure =>
            failure
                is HttpRequestException
                {
                    InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused },
                }
        );

    /// <summary>All answers of all processes.</summary>
    public int Answered => _answers.Values.Sum();

    public int AnsweredBy(int process) =>
        _answers.GetValueOrDefault(process.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Returns when this many more requests have been answered.</summary>
    public async Task GoOnAsync(int requests)
    {
        var target = Answered + requests;
        await EdgeRig.EventuallyAsync(() => Answered >= target, $"{requests} more answers");
    }

    public async Task StopAsync()
    {
        _isStopped = true;
        await _asking;
    }

    /// <summary>Nobody asks on when a test has failed.</summary>
    public async ValueTask DisposeAsync() => await StopAsync();

    async Task AskAsync(ServedNetwork network, bool onNewConnection)
    {
        while (!_isStopped)
        {
            try
            {
                var answer = (await network.AskAsync(onNewConnection)).Split(' ');
                if (answer[0] != $"{network.Id}")
                {
                    _failures.Add(new InvalidOperationException($"{network.Name} was answered for {answer[0]}"));
                }
                _answers.AddOrUpdate(answer[1], 1, static (_, count) => count + 1);
            }
            catch (Exception e)
            {
                _failures.Add(e);
            }
        }
    }
}
