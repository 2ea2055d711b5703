using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Hostile.Tests;

/// <summary>
/// A machine that asks without a pause, in every way it has: over connections that it keeps, over new ones, by each of its addresses.
/// </summary>
sealed class Hammer : IAsyncDisposable
{
    readonly Assault _assault;
    readonly Machine _machine;
    readonly CancellationTokenSource _stop = new();
    readonly List<Task> _asking = [];

    /// <param name="assault">Takes all that it is told.</param>
    /// <param name="machine">Who asks.</param>
    /// <param name="newConnections">Whether it makes new connections too.</param>
    /// <param name="owner">Whose data it may be told; null for the machine's own.</param>
    public Hammer(Assault assault, Machine machine, bool newConnections = true, string? owner = null)
    {
        (_assault, _machine) = (assault, machine);
        IPAddress[] sources = [.. machine.Addresses, machine.LinkLocal];
        foreach (var source in sources)
        {
            _asking.Add(Task.Run(() => KeepAskingAsync(source, owner ?? machine.InstanceId, newConnections)));
            if (newConnections)
            {
                _asking.Add(Task.Run(() => AskAsync(source, owner ?? machine.InstanceId)));
            }
        }
    }

    async Task AskAsync(IPAddress source, string owner)
    {
        while (!_stop.IsCancellationRequested)
        {
            var ipv6 = source.AddressFamily == AddressFamily.InterNetworkV6;
            var answer = await _machine.AskAsync("/latest/user-data", ipv6, source, seconds: 1.5);
            _assault.Loot.Add(_machine, answer, owner);
            await Task.Delay(answer is null ? 20 : 2, CancellationToken.None);
        }
    }

    /// <summary>Asks on one connection until that ends, or longer.</summary>
    async Task KeepAskingAsync(IPAddress source, string owner, bool again)
    {
        var ipv6 = source.AddressFamily == AddressFamily.InterNetworkV6;
        var patience = TimeSpan.FromSeconds(1.5);
        do
        {
            if (await _machine.ConnectAsync(source, ipv6, patience) is not { } socket)
            {
                await Task.Delay(20, CancellationToken.None);
                continue;
            }
            using var http = Stackmeta.Tests.Support.RawHttp.On(socket);
            while (!_stop.IsCancellationRequested)
            {
                GuestAnswer? answer;
                try
                {
                    await http.SendAsync("GET /latest/user-data HTTP/1.1\r\nHost: x\r\n\r\n");
                    // Longer than the packets of a connection may be held up by rules that come and go.
                    answer = GuestAnswer.Of(await http.ReadAnswerAsync().WaitAsync(2 * patience));
                }
                catch (Exception e) when (e is IOException or SocketException or TimeoutException)
                {
                    answer = null;
                }
                _assault.Loot.Add(_machine, answer, owner);
                if (answer is null)
                {
                    break;
                }
                await Task.Delay(2, CancellationToken.None);
            }
        } while (again && !_stop.IsCancellationRequested);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_asking);
        _stop.Dispose();
    }
}
