using System.ComponentModel;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>
/// Listening sockets that outlive who accepts on them. Connections that come meanwhile wait in the kernel and are refused
/// by nobody. What belongs to a namespace that is gone is dropped: it alone would keep it alive.
/// </summary>
/// <param name="systemd">Keeps the same sockets beyond this process; null without systemd.</param>
sealed class HeldSockets(SystemdStore? systemd, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>How often the processes are looked at whose namespaces have no name.</summary>
    static readonly TimeSpan ProcessPoll = TimeSpan.FromSeconds(1);

    /// <summary>How many of those polls until all names are looked at, in case an event was lost.</summary>
    const int PollsForAllNames = 30;

    readonly Lock _changing = new();

    /// <summary>Read and written under the lock, and the descriptors used.</summary>
    readonly Dictionary<HeldName, (Descriptor Descriptor, ulong Namespace)> _held = [];

    /// <summary>Names of all that is held.</summary>
    public IReadOnlyList<HeldName> Names
    {
        get
        {
            lock (_changing)
            {
                return [.. _held.Keys];
            }
        }
    }

    /// <summary>A socket of its own to what is held under the name, if that belongs to the namespace.</summary>
    /// <param name="name">Of one namespace of that name there may have been others.</param>
    /// <param name="namespace">Its number (<see cref="SocketFacts.NamespaceOf"/>).</param>
    public Socket? Find(HeldName name, ulong @namespace)
    {
        lock (_changing)
        {
            if (_held.TryGetValue(name, out var held))
            {
                if (held.Namespace == @namespace)
                {
                    return held.Descriptor.ToSocket();
                }
                Drop_NeedsLock(name);
            }
            return null;
        }
    }

    /// <summary>Keeps a socket until its namespace is forgotten or gone; the given one stays the caller's.</summary>
    public void Keep(HeldName name, Socket socket)
    {
        var @namespace = SocketFacts.NamespaceOf(socket);
        lock (_changing)
        {
            Drop_NeedsLock(name);
            var descriptor = Descriptor.Of(socket);
            _held[name] = (descriptor, @namespace);
            systemd?.Add(name, descriptor);
        }
        // It may have gone before it was held, when nobody looked for it yet.
        DropStale(name.Namespace);
    }

    /// <summary>Keeps a socket that somebody else opened, if metadata may be served there and it is what it is said to be.</summary>
    /// <param name="descriptor">Stays the caller's.</param>
    public OpenerRefusal Adopt(HeldName name, Descriptor descriptor)
    {
        if (OpenerRules.Check(name.Namespace, name.EndPoint) is var refusal and not OpenerRefusal.None)
        {
            return refusal;
        }
        try
        {
            using var socket = descriptor.ToSocket();
            if (
                !SocketFacts.IsListening(socket)
                || !name.EndPoint.Equals(socket.LocalEndPoint)
                || SocketFacts.NamespaceOf(socket) != SocketFacts.NamespaceNamed(name.Namespace)
            )
            {
                return OpenerRefusal.NotThatSocket;
            }
            Keep(name, socket);
            return OpenerRefusal.None;
        }
        catch (Exception e) when (e is SocketException or Win32Exception or ArgumentException)
        {
            return OpenerRefusal.NotThatSocket;
        }
        catch (EdgeException)
        {
            return OpenerRefusal.NamespaceGone;
        }
    }

    /// <summary>A descriptor of what is held under the name, the caller's to dispose of; null if nothing is.</summary>
    public Descriptor? Open(HeldName name)
    {
        lock (_changing)
        {
            return _held.TryGetValue(name, out var held) ? held.Descriptor.Copy() : null;
        }
    }

    /// <summary>Takes out of systemd's store what this process does not hold.</summary>
    public void DropFromSystemd(HeldName name) => systemd?.Remove(name);

    /// <summary>Drops what is held of a namespace.</summary>
    public void Forget(string @namespace)
    {
        lock (_changing)
        {
            foreach (var name in _held.Keys.Where(name => name.Namespace == @namespace).ToList())
            {
                Drop_NeedsLock(name);
            }
        }
    }

    void Drop_NeedsLock(HeldName name)
    {
        if (_held.Remove(name, out var held))
        {
            systemd?.Remove(name);
            held.Descriptor.Dispose();
            Log.SocketDropped(logger, name.EndPoint, name.Namespace);
        }
    }

    /// <summary>Drops what belongs to namespaces that go, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // As `ip netns` makes it (man ip-netns).
        Directory.CreateDirectory(NetworkNamespace.Directory);
        using var watcher = new FileSystemWatcher(NetworkNamespace.Directory) { NotifyFilter = NotifyFilters.FileName };
        watcher.Deleted += (_, change) => DropStale(change.Name ?? "");
        watcher.EnableRaisingEvents = true;
        using var timer = new PeriodicTimer(ProcessPoll, time);
        try
        {
            for (var poll = 1; await timer.WaitForNextTickAsync(cancellationToken); poll++)
            {
                DropGone(everything: poll % PollsForAllNames == 0);
            }
        }
        catch (OperationCanceledException)
        {
            // The normal end.
        }
    }

    void DropGone(bool everything)
    {
        foreach (var name in Names.Select(name => name.Namespace).Distinct())
        {
            if (everything || (OpenerRules.ProcessOf(name) is not null && !File.Exists(NetworkNamespace.PathOf(name))))
            {
                DropStale(name);
            }
        }
    }

    /// <summary>Drops what is held under the name of a namespace that is gone, or of an earlier one that had the name.</summary>
    void DropStale(string @namespace)
    {
        if (!Names.Any(name => name.Namespace == @namespace))
        {
            // Of the many that come and go on a host, it need not be entered to know that nothing of it is held.
            return;
        }
        ulong? now = null;
        try
        {
            now = SocketFacts.NamespaceNamed(@namespace);
        }
        catch (EdgeException)
        {
            // It is gone.
        }
        lock (_changing)
        {
            var stale = _held.Where(held => held.Key.Namespace == @namespace && held.Value.Namespace != now);
            foreach (var (name, _) in stale.ToList())
            {
                Drop_NeedsLock(name);
            }
        }
    }

    /// <summary>Closes what is held. What systemd keeps, it keeps.</summary>
    public void Dispose()
    {
        lock (_changing)
        {
            foreach (var (descriptor, _) in _held.Values)
            {
                descriptor.Dispose();
            }
            _held.Clear();
        }
        systemd?.Dispose();
    }
}
