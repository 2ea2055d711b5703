using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Agent;

/// <summary>
/// Looks up whose a request is, and gives a port only when the guest's packets obey what the store says of it: an answer must not be ahead
/// of the packet rules, nor behind them.
/// </summary>
/// <param name="options">How long a request waits for rules, and how many may.</param>
/// <param name="ports">Where ports are looked up.</param>
/// <param name="applied">What packets obey; null where others see to the order of changes.</param>
/// <param name="time">The clock.</param>
sealed class AppliedLookUp(AgentOptions options, PortCache ports, IAppliedPorts? applied, TimeProvider time)
{
    // Requests that wait for rules now; by Interlocked.
    int _waiters;

    /// <summary>
    /// The guest's port, or why there is none: <see cref="Refusal.ClientMacMismatch"/> or <see cref="Refusal.PortNotApplied"/> besides a
    /// directory's.
    /// </summary>
    /// <param name="guest">Who asks.</param>
    /// <param name="arrived">The timestamp at which the request arrived, from which patience is counted.</param>
    /// <param name="cancellationToken">The request's.</param>
    public ValueTask<PortAnswer> FindAsync(in Guest guest, long arrived, CancellationToken cancellationToken)
    {
        var finding = ports.FindAsync(KeyOf(guest), arrived, cancellationToken);
        if (!finding.IsCompletedSuccessfully)
        {
            return CheckAsync(finding, guest, arrived, cancellationToken);
        }
        // The usual case, without a state machine.
        var found = finding.Result;
        return found.Port is { } port && IsApplied(guest, port) && guest.MayBe(port)
            ? new(found)
            : CheckAsync(new(found), guest, arrived, cancellationToken);
    }

    /// <summary>
    /// As <see cref="FindAsync"/>, after the API has denied the port's instance: what was kept for some time is looked up anew.
    /// </summary>
    public ValueTask<PortAnswer> FindAgainAsync(in Guest guest, long arrived, CancellationToken cancellationToken) =>
        CheckAsync(ports.FindAgainAsync(KeyOf(guest), arrived, cancellationToken), guest, arrived, cancellationToken);

    async ValueTask<PortAnswer> CheckAsync(
        ValueTask<PortAnswer> finding,
        Guest guest,
        long arrived,
        CancellationToken cancellationToken
    )
    {
        var found = await WaitUntilAppliedAsync(await finding, guest, arrived, cancellationToken);
        if (found.Port is not { } port || guest.MayBe(port))
        {
            return found;
        }
        // What was kept may be of an earlier owner of the address.
        found = await ports.FindAgainAsync(KeyOf(guest), arrived, cancellationToken);
        found = await WaitUntilAppliedAsync(found, guest, arrived, cancellationToken);
        return found.Port is { } again && !guest.MayBe(again) ? Refusal.ClientMacMismatch : found;
    }

    /// <summary>Looks again at each change of what packets obey, until it agrees with the store or patience ends.</summary>
    async ValueTask<PortAnswer> WaitUntilAppliedAsync(
        PortAnswer found,
        Guest guest,
        long arrived,
        CancellationToken cancellationToken
    )
    {
        if (found.Port is not { } port || IsApplied(guest, port))
        {
            return found;
        }
        try
        {
            var mayWait = Interlocked.Increment(ref _waiters) <= options.MaxWaiters;
            while (true)
            {
                // Before the look-up, so that no change is missed between it and the wait.
                var change = applied!.NextChange;
                found = await ports.FindAnewAsync(KeyOf(guest), arrived, cancellationToken);
                if (found.Port is not { } anew || IsApplied(guest, anew))
                {
                    return found;
                }
                var left = options.Patience - time.GetElapsedTime(arrived);
                if (!mayWait || left <= TimeSpan.Zero || !await IsInTimeAsync(change, left, cancellationToken))
                {
                    return Refusal.PortNotApplied;
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiters);
        }
    }

    async ValueTask<bool> IsInTimeAsync(Task change, TimeSpan left, CancellationToken cancellationToken)
    {
        try
        {
            await change.WaitAsync(left, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    bool IsApplied(in Guest guest, Port port) =>
        applied is null || applied.Check(guest.Scope, port, guest.Address) != AppliedPortState.Differs;

    static PortKey KeyOf(in Guest guest) => new(guest.Scope, guest.Address);
}
