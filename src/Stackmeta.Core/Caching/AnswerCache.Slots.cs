namespace Stackmeta.Core.Caching;

/// <content>What is kept, in which order, and what goes when it gets too much.</content>
public sealed partial class AnswerCache<TKey, TAnswer>
{
    /// <summary>A slot's own objects and its place in the dictionary and the list: about this many bytes on 64 bits.</summary>
    const long SlotSize = 320;

    // Oldest first; a slot moves to the end when an answer is kept in it, or when it was used since it was last looked at.
    // Under _gate.
    readonly LinkedList<Slot> _order = [];

    // Under _gate.
    long _bytes;

    Slot AddLocked(TKey key)
    {
        var slot = new Slot(key) { Size = SlotSize };
        slot.Place = _order.AddLast(slot);
        _slots[key] = slot;
        _bytes += slot.Size;
        return slot;
    }

    void RemoveLocked(Slot slot)
    {
        slot.Attempt = null;
        slot.Kept = null;
        if (slot.Place.List is not null)
        {
            _order.Remove(slot.Place);
            _slots.TryRemove(slot.Key, out _);
            _bytes -= slot.Size;
        }
    }

    void KeepLocked(Slot slot, Kept kept)
    {
        slot.Kept = kept;
        var size = SlotSize + _source.SizeOf(slot.Key, kept.Answer);
        _bytes += size - slot.Size;
        slot.Size = size;
        MoveToEndLocked(slot);
        TrimLocked();
    }

    /// <summary>Drops what nobody can be given any more, then the least used until the rest fits.</summary>
    void TrimLocked()
    {
        var now = _time.GetTimestamp();
        while (_order.First?.Value is { Attempt: null } oldest && IsUseless(oldest, now))
        {
            RemoveLocked(oldest);
        }

        // A used slot is passed over once, so two rounds find one to drop; one that is being asked for stays.
        for (var looks = 2 * _order.Count; _bytes > _options.MaxBytes && looks > 0; looks--)
        {
            var slot = _order.First!.Value;
            if (slot.Attempt is not null || slot.TakeUsed())
            {
                MoveToEndLocked(slot);
            }
            else
            {
                RemoveLocked(slot);
            }
        }
    }

    /// <summary>A slot without an answer still tells when to ask again.</summary>
    static bool IsUseless(Slot slot, long now) =>
        slot.RetryAt <= now && (slot.Kept is not { } kept || kept.GivenUntil <= now);

    void MoveToEndLocked(Slot slot)
    {
        _order.Remove(slot.Place);
        _order.AddLast(slot.Place);
    }

    /// <summary>An answer and its times, as timestamps of the time provider.</summary>
    sealed record Kept(TAnswer Answer, long AskedAt, long FreshUntil, long GivenUntil);

    sealed class Slot(TKey key)
    {
        volatile Kept? _kept;

        // A hint only: written by readers without a lock.
        bool _used;

        public TKey Key { get; } = key;

        /// <summary>Written under the gate, read without it.</summary>
        public Kept? Kept
        {
            get => _kept;
            set => _kept = value;
        }

        // The rest under the gate.
        public LinkedListNode<Slot> Place { get; set; } = null!;
        public Flight? Attempt { get; set; }
        public int Failures { get; set; }
        public long RetryAt { get; set; }
        public long Size { get; set; }

        public void MarkUsed()
        {
            if (!_used)
            {
                _used = true;
            }
        }

        public bool TakeUsed()
        {
            var used = _used;
            _used = false;
            return used;
        }
    }

    /// <summary>An attempt that requests share.</summary>
    sealed class Flight(Slot slot) : TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public Slot Slot { get; } = slot;
    }
}
