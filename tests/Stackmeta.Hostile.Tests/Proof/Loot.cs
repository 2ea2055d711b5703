using System.Collections.Concurrent;
using System.Text;

namespace Stackmeta.Hostile.Tests;

/// <summary>What attackers were told: everything that comes back to one of them is shown here.</summary>
sealed class Loot(World world)
{
    readonly ConcurrentQueue<string> _stolen = new();
    readonly ConcurrentDictionary<int, int> _statuses = new();

    /// <summary>What was told to somebody whose it is not.</summary>
    public IReadOnlyCollection<string> Stolen => _stolen;

    /// <summary>How often each status was given.</summary>
    public IReadOnlyDictionary<int, int> Statuses => _statuses;

    public int Count(int status) => _statuses.GetValueOrDefault(status);

    /// <summary>Takes what a machine was told; returns whether it was its own secret.</summary>
    /// <param name="owner">Whose data the machine may see: an instance's id; null for that of the machine.</param>
    public bool Add(Machine machine, GuestAnswer? answer, string? owner = null)
    {
        if (answer is null)
        {
            return false;
        }
        _statuses.AddOrUpdate(answer.Status, 1, static (_, count) => count + 1);
        return Add(machine, answer.Text, owner);
    }

    /// <summary>Takes bytes as they came, with as many answers in them as there are.</summary>
    public bool Add(Machine machine, string told, string? owner = null)
    {
        var own = false;
        foreach (var (secret, instance) in SecretsIn(told))
        {
            if (instance == (owner ?? machine.InstanceId))
            {
                own = true;
            }
            else
            {
                _stolen.Enqueue($"{machine.Name} was told {secret}");
            }
        }
        return own;
    }

    /// <summary>The same of raw answers, whose statuses are counted too.</summary>
    public bool AddRaw(Machine machine, byte[] told)
    {
        var text = Encoding.Latin1.GetString(told);
        for (
            var at = text.IndexOf("HTTP/1.", StringComparison.Ordinal);
            at >= 0;
            at = text.IndexOf("HTTP/1.", at + 1, StringComparison.Ordinal)
        )
        {
            if (at + 12 <= text.Length && int.TryParse(text.AsSpan(at + 9, 3), out var status))
            {
                _statuses.AddOrUpdate(status, 1, static (_, count) => count + 1);
            }
        }
        return Add(machine, text);
    }

    /// <summary>Something else that nobody should have got.</summary>
    public void AddStolen(string what) => _stolen.Enqueue(what);

    KeyValuePair<string, string>[] SecretsIn(string told)
    {
        lock (world.Secrets)
        {
            return [.. world.Secrets.Where(one => told.Contains(one.Key, StringComparison.Ordinal))];
        }
    }

    public override string ToString() =>
        string.Join(' ', _statuses.OrderBy(one => one.Key).Select(one => $"{one.Key}×{one.Value}"));
}
