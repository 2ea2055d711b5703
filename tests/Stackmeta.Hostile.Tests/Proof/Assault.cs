using System.Net;

namespace Stackmeta.Hostile.Tests;

/// <summary>One attack under way: where, by whom, and what it has got.</summary>
sealed class Assault(Attack attack, World world, Random random)
{
    readonly Loot _loot = new(world);
    readonly List<Machine> _attackers = [];
    readonly List<IDisposable> _open = [];

    public Attack Attack => attack;

    public World World => world;

    public Random Random => random;

    public Loot Loot => _loot;

    /// <summary>Machines that may be disturbed, because the attack changes what they are; nobody else may.</summary>
    public List<Machine> Attackers => _attackers;

    /// <summary>What an attack has to say of itself, for who reads a failure.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>An attacker on the first network.</summary>
    public async Task<Machine> NewAttackerAsync(int addresses = 1, GuestNetwork? network = null)
    {
        var attacker = await world.AddMachineAsync(network ?? world.First, "mallory", addresses);
        _attackers.Add(attacker);
        return attacker;
    }

    /// <summary>Something to be closed when the attack is over.</summary>
    public T Keep<T>(T open)
        where T : IDisposable
    {
        lock (_open)
        {
            _open.Add(open);
        }
        return open;
    }

    public void Keep(IEnumerable<IDisposable> open)
    {
        lock (_open)
        {
            _open.AddRange(open);
        }
    }

    /// <summary>A link-local address that is nobody's.</summary>
    public IPAddress NewLinkLocal()
    {
        var bytes = new byte[8];
        random.NextBytes(bytes);
        // No EUI-64 of any MAC.
        bytes[3] = (byte)(bytes[3] == 0xff ? 1 : bytes[3]);
        return new([0xfe, 0x80, 0, 0, 0, 0, 0, 0, .. bytes]);
    }

    public IPAddress[] NewLinkLocals(int count) => [.. Enumerable.Range(0, count).Select(_ => NewLinkLocal())];

    public Task PauseAsync(int leastMilliseconds, int mostMilliseconds) =>
        Task.Delay(random.Next(leastMilliseconds, mostMilliseconds + 1), TestContext.Current.CancellationToken);

    /// <summary>Asks again and again until something holds.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, string complaint, double seconds = 20)
    {
        var end = DateTime.UtcNow.AddSeconds(seconds);
        while (!await holds())
        {
            Assert.True(DateTime.UtcNow < end, complaint);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public void CloseAll()
    {
        lock (_open)
        {
            foreach (var open in _open)
            {
                open.Dispose();
            }
            _open.Clear();
        }
    }

    /// <summary>Does it; returns what went wrong, or null.</summary>
    public async Task<string?> RunAsync()
    {
        try
        {
            await attack.RunAsync(this);
            return null;
        }
        catch (Exception e)
            when (e is not OperationCanceledException || !TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return $"{attack.Name}: {(e is Xunit.Sdk.IAssertionException ? e.Message : e)}";
        }
        finally
        {
            CloseAll();
        }
    }

    /// <summary>What the attackers got that they should not have.</summary>
    public IEnumerable<string> Gains()
    {
        foreach (var stolen in _loot.Stolen.Distinct().Take(3))
        {
            yield return $"{attack.Name}: {stolen} ({_loot.Stolen.Count} in all)";
        }
        foreach (var (status, count) in _loot.Statuses)
        {
            if (status >= 500 && !(attack.MayBeUnavailable && status == 503))
            {
                yield return $"{attack.Name}: answered with {status} ({count} times)";
            }
        }
    }

    public override string ToString() => $"   {attack.Name}: {_loot} {string.Join("; ", Notes)}";

    public async Task EndAsync()
    {
        CloseAll();
        foreach (var attacker in _attackers)
        {
            await world.RemoveAsync(attacker);
        }
    }
}
