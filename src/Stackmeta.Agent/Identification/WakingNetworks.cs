using System.Collections.Concurrent;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Agent;

/// <summary>
/// Asks for a network as a whole while many of its guests ask at once, as they do when a host or a cloud starts: then one question
/// serves them all, and what came along is offered to the cache for those who have yet to ask.
/// </summary>
/// <remarks>
/// A whole answers only those who asked before it was asked for, so that nobody gets what was true before their question: what a change
/// or a 404 has made stale must not come back this way. At most one whole a network is under way.
/// </remarks>
/// <param name="directory">What is asked.</param>
/// <param name="offer">Takes answers that nobody waits for, with the timestamp at which they were asked for.</param>
/// <param name="time">The clock.</param>
sealed class WakingNetworks(INetworkPortDirectory directory, Action<PortKey, PortAnswer, long> offer, TimeProvider time)
    : IPortDirectory
{
    /// <summary>So many guests of a network are asked for one by one at once; more, and it is waking up.</summary>
    public const int AtOnce = 8;

    /// <summary>So long a network that could not be listed is asked for one by one: it may be too large for it.</summary>
    static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(5);

    // Networks with questions under way, or that could not be listed lately. Each is changed under its own lock.
    readonly ConcurrentDictionary<NetworkScope, Network> _networks = new();

    // Networks that are listed now; by Interlocked.
    int _listing;

    /// <summary>Networks that are asked for as a whole now.</summary>
    public int Listing => Volatile.Read(ref _listing);

    /// <inheritdoc/>
    public async ValueTask<PortAnswer> FindPortAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    )
    {
        Network network;
        Question? question;
        bool mustList;
        do
        {
            network = _networks.GetOrAdd(scope, static _ => new());
        } while (!network.TryEnter(address, time.GetTimestamp(), out question, out mustList));
        if (question is null)
        {
            return await FindOneAsync(scope, network, address, cancellationToken);
        }
        if (mustList)
        {
            // Nobody who waits owns the list: one who gives up must not take the others' answer along.
            _ = ListAsync(scope, network);
        }
        var answer = await question.Answer.Task.WaitAsync(cancellationToken);
        return answer ?? await directory.FindPortAsync(scope, address, cancellationToken);
    }

    async ValueTask<PortAnswer> FindOneAsync(
        NetworkScope scope,
        Network network,
        GuestAddress address,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await directory.FindPortAsync(scope, address, cancellationToken);
        }
        finally
        {
            if (network.Leave(time.GetTimestamp()))
            {
                _networks.TryRemove(KeyValuePair.Create(scope, network));
            }
        }
    }

    /// <summary>Lists until nobody waits.</summary>
    async Task ListAsync(NetworkScope scope, Network network)
    {
        Interlocked.Increment(ref _listing);
        while (network.TakeQuestions() is { } questions)
        {
            var askedAt = time.GetTimestamp();
            var ports = await ListOnceAsync(scope);
            if (ports is null)
            {
                network.PauseUntil(askedAt + (long)(PauseAfterFailure.TotalSeconds * time.TimestampFrequency));
                questions.AddRange(network.TakeQuestions() ?? []);
            }
            else
            {
                foreach (var (address, answer) in ports)
                {
                    offer(new(scope, address), answer, askedAt);
                }
            }
            foreach (var question in questions)
            {
                question.Answer.SetResult(ports is null ? default(PortAnswer?) : AnswerOf(ports, question.Address));
            }
        }
        Interlocked.Decrement(ref _listing);
        if (network.EndList(time.GetTimestamp()))
        {
            _networks.TryRemove(KeyValuePair.Create(scope, network));
        }
    }

    static PortAnswer AnswerOf(IReadOnlyDictionary<GuestAddress, PortAnswer> ports, GuestAddress address) =>
        ports.TryGetValue(address, out var answer) ? answer : Refusal.PortNotFound;

    async ValueTask<IReadOnlyDictionary<GuestAddress, PortAnswer>?> ListOnceAsync(NetworkScope scope)
    {
        try
        {
            return await directory.FindPortsAsync(scope, CancellationToken.None);
        }
        catch (Exception)
        {
            // A directory that throws breaks its contract; those who wait are asked for one by one, and see.
            return null;
        }
    }

    /// <summary>A guest who waits for the whole.</summary>
    sealed class Question(GuestAddress address)
    {
        public GuestAddress Address => address;

        /// <summary>Null when the network could not be listed.</summary>
        public TaskCompletionSource<PortAnswer?> Answer { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>One network's questions; all members under its own lock.</summary>
    sealed class Network
    {
        readonly Lock _lock = new();
        List<Question> _waiting = [];
        int _single;
        bool _isListed;
        long _listedAgainAt = long.MinValue;
        bool _isGone;

        /// <summary>Takes a question in. False when this object was just given up and another must be made.</summary>
        /// <param name="address">Whom it is about.</param>
        /// <param name="now">The timestamp of now.</param>
        /// <param name="question">To be waited for; null when the guest is asked for alone, and <see cref="Leave"/> called then.</param>
        /// <param name="mustList">Whether the caller must begin to list.</param>
        public bool TryEnter(GuestAddress address, long now, out Question? question, out bool mustList)
        {
            lock (_lock)
            {
                question = null;
                mustList = false;
                if (_isGone)
                {
                    return false;
                }
                if (now < _listedAgainAt || (!_isListed && _single < AtOnce))
                {
                    _single++;
                    return true;
                }
                mustList = !_isListed;
                _isListed = true;
                _waiting.Add(question = new(address));
                return true;
            }
        }

        /// <summary>A guest who was asked for alone is answered. True when this object is not needed any more.</summary>
        public bool Leave(long now)
        {
            lock (_lock)
            {
                _single--;
                return IsGoneLocked(now);
            }
        }

        /// <summary>Those who wait now; null when nobody does.</summary>
        public List<Question>? TakeQuestions()
        {
            lock (_lock)
            {
                if (_waiting.Count == 0)
                {
                    _isListed = false;
                    return null;
                }
                var taken = _waiting;
                _waiting = [];
                return taken;
            }
        }

        public void PauseUntil(long timestamp)
        {
            lock (_lock)
            {
                _listedAgainAt = timestamp;
            }
        }

        /// <summary>Nobody lists any more. True when this object is not needed any more.</summary>
        public bool EndList(long now)
        {
            lock (_lock)
            {
                return IsGoneLocked(now);
            }
        }

        bool IsGoneLocked(long now) => _isGone = _isGone || (_single == 0 && !_isListed && now >= _listedAgainAt);
    }
}
