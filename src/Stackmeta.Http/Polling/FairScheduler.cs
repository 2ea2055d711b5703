namespace Stackmeta.Http;

/// <summary>
/// Who is served next. Owners stand in a circle, each with a line of its own, and one of a line is served when its owner's turn has come:
/// an owner with a hundred connections waits a hundred times, its neighbours once.
/// </summary>
/// <remarks>Of one loop's thread. Lines are kept only while somebody stands in them, and used again.</remarks>
sealed class FairScheduler
{
    /// <summary>Lines of a busy moment that are kept for the next.</summary>
    const int MostSpares = 64;

    readonly Dictionary<object, Line> _lines = new(ReferenceEqualityComparer.Instance);
    readonly Queue<Line> _circle = new();
    readonly Stack<Line> _spares = new();

    /// <summary>
    /// Whose turn it was last. It joins the circle behind those who have come meanwhile, so that whoever is new waits for one turn at most.
    /// </summary>
    Line? _last;

    /// <summary>Whether nobody waits.</summary>
    public bool IsEmpty => _circle.Count == 0 && _last is not { Takers.Count: > 0 };

    /// <summary>Waits for a turn; who waits already is told of everything at once.</summary>
    public void Add(IWorkItem taker, PollEvents events)
    {
        if (taker.PendingEvents is { } untold)
        {
            taker.PendingEvents = untold | events;
            return;
        }
        taker.PendingEvents = events;
        if (!_lines.TryGetValue(taker.Owner, out var line))
        {
            line = _spares.TryPop(out var spare) ? spare : new();
            line.Owner = taker.Owner;
            _lines.Add(taker.Owner, line);
            _circle.Enqueue(line);
        }
        line.Takers.Enqueue(taker);
    }

    /// <summary>The next, with what is to be told to it; null when nobody waits.</summary>
    public IWorkItem? Take(out PollEvents events)
    {
        Rejoin();
        events = PollEvents.None;
        if (!_circle.TryDequeue(out _last))
        {
            return null;
        }
        var taker = _last.Takers.Dequeue();
        events = taker.PendingEvents!.Value;
        taker.PendingEvents = null;
        return taker;
    }

    void Rejoin()
    {
        if (_last is not { } last)
        {
            return;
        }
        if (last.Takers.Count > 0)
        {
            _circle.Enqueue(last);
            return;
        }
        _lines.Remove(last.Owner!);
        last.Owner = null;
        if (_spares.Count < MostSpares)
        {
            _spares.Push(last);
        }
    }

    /// <summary>Those of one owner who wait, the first come first.</summary>
    sealed class Line
    {
        public object? Owner { get; set; }

        public Queue<IWorkItem> Takers { get; } = new();
    }
}
