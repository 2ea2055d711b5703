namespace Stackmeta.Bench.Load;

/// <summary>Who asks what, and in which order. Called from the generator's one thread.</summary>
public interface IPlan
{
    /// <summary>The next question of an asker; false when it has none left.</summary>
    /// <param name="asker">Each asks one question at a time.</param>
    /// <param name="question">What it asks.</param>
    bool TryNext(int asker, out Question question);
}

/// <summary>All askers ask the same questions in turns, without end.</summary>
public sealed class RoundRobin(IReadOnlyList<Question> questions) : IPlan
{
    int _next;

    public bool TryNext(int asker, out Question question)
    {
        question = questions[_next];
        _next = _next + 1 == questions.Count ? 0 : _next + 1;
        return true;
    }
}

/// <summary>Each asker keeps to questions of its own, so that its connection can be kept.</summary>
public sealed class OwnQuestion(IReadOnlyList<Question> questions) : IPlan
{
    public bool TryNext(int asker, out Question question)
    {
        question = questions[asker % questions.Count];
        return true;
    }
}

/// <summary>Each question once.</summary>
public sealed class EachOnce(IReadOnlyList<Question> questions) : IPlan
{
    int _next;

    public bool TryNext(int asker, out Question question)
    {
        question = _next < questions.Count ? questions[_next] : default;
        return _next++ < questions.Count;
    }
}

/// <summary>Guests that boot: each asks its questions one after another, and then the next guest boots.</summary>
/// <param name="guests">How many.</param>
/// <param name="steps">How many questions each has.</param>
/// <param name="questionOf">The question of a guest at a step.</param>
public sealed class BootStorm(int guests, int steps, Func<int, int, Question> questionOf) : IPlan
{
    readonly Dictionary<int, (int Guest, int Step)> _booting = [];
    int _next;

    public bool TryNext(int asker, out Question question)
    {
        if (!_booting.TryGetValue(asker, out var now) || ++now.Step == steps)
        {
            now = (_next++, 0);
        }
        _booting[asker] = now;
        question = now.Guest < guests ? questionOf(now.Guest, now.Step) : default;
        return now.Guest < guests;
    }
}
