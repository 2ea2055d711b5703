using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.OpenStack;

/// <summary>
/// The first question answered from Nova's own databases: instance mapping, cell, instance. A read-only database user is enough; only
/// a guest's password and missing EC2 ids are ever written.
/// </summary>
public sealed class NovaInstanceSource : IInstanceSource, IAsyncDisposable
{
    // The column's width. A longer device id belongs to a DHCP server or a router's port and needs no query.
    const int LongestUuid = 36;

    readonly CellDirectory _cells;

    /// <exception cref="FormatException">A database URL has a parameter that is not understood.</exception>
    public NovaInstanceSource(NovaDatabaseOptions options, ILogger<NovaInstanceSource> log, TimeProvider time) =>
        _cells = new(options, log.Throttled(time), time);

    /// <inheritdoc/>
    public async ValueTask<InstanceAnswer> FindInstanceAsync(string instanceId, CancellationToken cancellationToken)
    {
        if (!IsPossibleUuid(instanceId))
        {
            return Refusal.InstanceNotFound;
        }
        while (true)
        {
            var (cell, isRemembered, refusal) = await _cells.FindAsync(instanceId, cancellationToken);
            if (refusal != Refusal.None)
            {
                return refusal;
            }
            if (cell is null)
            {
                return Refusal.InstanceNotFound;
            }
            var (answer, failure) = await cell.ReadAsync(instanceId, cancellationToken);
            if (failure != Refusal.None)
            {
                // The cell's database may have moved meanwhile.
                _cells.Forget(instanceId);
                return failure;
            }
            if (isRemembered && (answer is null || answer.IsHidden))
            {
                // It may have been resized into another cell: ask once more, the memory is empty now.
                _cells.Forget(instanceId);
                continue;
            }
            return answer is null ? Refusal.InstanceNotFound : answer.Instance;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Refusal> SetPasswordAsync(
        string instanceId,
        string password,
        CancellationToken cancellationToken
    )
    {
        if (!IsPossibleUuid(instanceId))
        {
            return Refusal.PasswordInstanceGone;
        }
        var (cell, _, refusal) = await _cells.FindAsync(instanceId, cancellationToken);
        return refusal != Refusal.None ? Refusal.PasswordNotStored
            : cell is null ? Refusal.PasswordInstanceGone
            : await cell.SetPasswordAsync(instanceId, password, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _cells.DisposeAsync();

    // Also keeps from PostgreSQL the NUL that it refuses, and from MySQL what its collations would fold.
    static bool IsPossibleUuid(string id) =>
        id.Length is > 0 and <= LongestUuid && !id.AsSpan().ContainsAnyExceptInRange('!', '~');
}
