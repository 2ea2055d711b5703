using Stackmeta.Api;
using Stackmeta.Core.Lookups;

namespace Stackmeta;

/// <summary>
/// The agent's look-ups where the API of the same process asks the same store: the record that the next question is about comes along
/// with the port, and waits with the API.
/// </summary>
sealed class GuestsAtOnce(IGuestDirectory guests, InstanceCache records, TimeProvider time) : IPortDirectory
{
    public async ValueTask<PortAnswer> FindPortAsync(
        NetworkScope scope,
        GuestAddress address,
        CancellationToken cancellationToken
    )
    {
        var askedAt = time.GetTimestamp();
        var (port, instance) = await guests.FindGuestAsync(scope, address, cancellationToken);
        if (instance is not null)
        {
            records.Offer(instance, askedAt);
        }
        return port;
    }
}
