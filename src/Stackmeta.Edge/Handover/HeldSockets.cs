using System.Collections.Concurrent;
using System.ComponentModel;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Lookups;
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

    /// <summary>What systemd has and could not be looked at yet. Under the lock.</summary>
    readonly List<(HeldName Name, Descriptor Descriptor)> _pending = [];

    /// <summary>Namespaces that could not be looked at last time.</summary>
    readonly ConcurrentDictionary<string, bool> _unknown = new(StringComparer.Ordinal);

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
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return OpenerRefusal.NotThatSocket;
        }
        catch (NamespaceGoneException)
        {
            return OpenerRefusal.NamespaceGone;
        }
        catch (Exception e) when (e is EdgeException or Win32Exception)
        {
            return OpenerRefusal.System;
        }
    }

    /// <summary>As <see cref="Adopt"/>, of what systemd has; what could not be looked at is looked at again later.</summary>
    /// <param name="descriptor">This object's from here on.</param>
    public void AdoptInherited(HeldName name, Descriptor descriptor)
    {
        var refusal = Adopt(name, descriptor);
        if (refusal == OpenerRefusal.System)
        {
            lock (_changing)
            {
                _pending.Add((name, descriptor));
            }
            return;
        }
        descriptor.Dispose();
        if (refusal != OpenerRefusal.None)
        {
            // Of a namespace that went meanwhile; systemd still has it.
            systemd?.Remove(name);
        }
    }

    void AdoptPending()
    {
        List<(HeldName, Descriptor)> pending;
        lock (_changing)
        {
            pending = [.. _pending];
            _pending.Clear();
        }
        foreach (var (name, descriptor) in pending)
        {
            AdoptInherited(name, descriptor);
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
        // Names that are gone; null when it is time to look.
        var looks = Channel.CreateUnbounded<string?>(new() { SingleReader = true });
        using var events = new NamespaceEvents(null, name => looks.Writer.TryWrite(name), logger);
        await using var timer = time.CreateTimer(_ => looks.Writer.TryWrite(null), null, TimeSpan.Zero, ProcessPoll);
        var polls = 0;
        await foreach (var gone in looks.Reader.ReadAllAsync(cancellationToken))
        {
            if (gone is not null)
            {
                DropStale(gone);
            }
            else
            {
                AdoptPending();
                DropGone(everything: events.Renew() || ++polls % PollsForAllNames == 0);
            }
        }
    }

    void DropGone(bool everything)
    {
        foreach (var name in Names.Select(name => name.Namespace).Distinct())
        {
            if (
                everything
                || _unknown.ContainsKey(name)
                || (OpenerRules.ProcessOf(name) is not null && FileLookup.Find(NetworkNamespace.PathOf(name)).IsAbsent)
            )
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
        catch (NamespaceGoneException)
        {
            // Nothing is held of what is not there.
        }
        catch (EdgeException)
        {
            // It could not be looked at: what is held stays, and the next poll looks again.
            _unknown[@namespace] = true;
            return;
        }
        _unknown.TryRemove(@namespace, out _);
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
            _pending.ForEach(static pending => pending.Descriptor.Dispose());
            _pending.Clear();
        }
        systemd?.Dispose();
    }
}
