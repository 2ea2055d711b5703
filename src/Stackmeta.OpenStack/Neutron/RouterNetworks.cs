namespace Stackmeta.OpenStack;

/// <summary>
/// Which networks routers are attached to. Kept for a second and asked for once at a time, so that the guests of a router who boot together
/// cost one such question, and a network that was just attached is seen as soon as a port that was just made.
/// </summary>
sealed class RouterNetworks(NeutronClient neutron)
{
    static readonly TimeSpan Expiration = TimeSpan.FromSeconds(1);

    readonly Lock _lock = new();

    // Under _lock; at most the routers that were asked for within the last second, and those asked for just before.
    readonly Dictionary<string, Question> _kept = [];

    /// <summary>The networks, none for a router without interfaces; null when Neutron could not be asked.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public Task<string[]?> FindAsync(string router, CancellationToken cancellationToken)
    {
        Task<string[]?> answer;
        lock (_lock)
        {
            if (!_kept.TryGetValue(router, out var question) || IsOld(question))
            {
                foreach (var (id, other) in _kept)
                {
                    if (IsOld(other))
                    {
                        _kept.Remove(id);
                    }
                }
                // No caller owns it: one who gives up must not take the others' answer along.
                _kept[router] = question = new(neutron.Time.GetTimestamp(), Task.Run(() => AskAsync(router)));
            }
            answer = question.Answer;
        }
        return answer.WaitAsync(cancellationToken);
    }

    bool IsOld(in Question question) =>
        neutron.Time.GetElapsedTime(question.AskedAt) >= Expiration
        || (
            question.Answer.IsCompleted && (!question.Answer.IsCompletedSuccessfully || question.Answer.Result is null)
        );

    async Task<string[]?> AskAsync(string router)
    {
        var query = string.Concat(
            $"device_id={Uri.EscapeDataString(router)}&",
            string.Concat(RouterInterface.Owners.Select(owner => $"device_owner={owner}&")),
            "fields=network_id"
        );
        var networks = await neutron.ListAsync(
            "ports",
            query,
            port => port.Member("network_id").Text(),
            CancellationToken.None
        );
        return networks?.OfType<string>().Where(network => network.Length > 0).Distinct().ToArray();
    }

    /// <param name="AskedAt">Timestamp.</param>
    readonly record struct Question(long AskedAt, Task<string[]?> Answer);
}
