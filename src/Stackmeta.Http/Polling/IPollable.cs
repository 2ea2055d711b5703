namespace Stackmeta.Http;

/// <summary>Who waits for a descriptor.</summary>
public interface IPollable
{
    /// <summary>Something has happened to the descriptor. Runs on the loop's thread: must not block, must not throw.</summary>
    /// <param name="loop">Whose thread this is.</param>
    /// <param name="events">What; those that nobody has asked for, an error and a hang-up, are told too.</param>
    void OnReady(EventLoop loop, PollEvents events);

    /// <summary>
    /// <see cref="OnReady"/> has thrown, which was logged. What it served must not be left open half-way: a connection ends, what is still
    /// needed goes on. Runs on the loop's thread.
    /// </summary>
    void Failed();
}

/// <summary>What may happen to a descriptor (epoll_ctl(2), linux/eventpoll.h).</summary>
[Flags]
public enum PollEvents : uint
{
    None = 0,
    Readable = 0x001,
    Writable = 0x004,
    Error = 0x008,
    HangUp = 0x010,

    /// <summary>The peer sends no more.</summary>
    PeerEnded = 0x2000,

    /// <summary>Of several loops that wait for the descriptor, one is woken and not all.</summary>
    Exclusive = 1u << 28,

    /// <summary>Told once for each change, and not as long as it lasts.</summary>
    OncePerChange = 1u << 31,
}
