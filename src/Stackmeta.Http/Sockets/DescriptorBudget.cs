namespace Stackmeta.Http;

/// <summary>
/// How many of a process's descriptors are for the connections of clients. The others are a reserve that no client can take: listeners, the
/// admin socket, stores, what is read in /proc, pipes of children. Out of descriptors, a process could not even find out what is wrong.
/// </summary>
/// <param name="Limit">All descriptors that the process may have.</param>
/// <param name="Part">The part of what is left that the connections get that are counted here, above 0 and at most 1.</param>
public sealed record DescriptorBudget(int Limit, double Part = 1)
{
    /// <summary>
    /// What a process has without any network or client is less than 100 (counted in /proc/PID/fd): the runtime, loops, the store, the log.
    /// Besides, connections to databases and to the next hop are bounded, 256 to an API (<c>UpstreamOptions.MaxConnections</c>), and a few
    /// at a time are needed to run commands.
    /// </summary>
    const int Always = 512;

    /// <summary>
    /// Two or three listening sockets, each perhaps once more for the next process, a routing socket, and pipes of up to three children.
    /// </summary>
    const int ForNamespace = 12;

    /// <summary>
    /// Where the limit is so low that the reserve would take nearly all, clients get a quarter of it: the reserve is rarely needed as a
    /// whole.
    /// </summary>
    const int LeastPart = 4;

    /// <summary>All that is left in this process.</summary>
    public static DescriptorBudget OfProcess() => new(DescriptorLimit.Current);

    /// <summary>Connections that clients may have.</summary>
    /// <param name="namespaces">How many namespaces are listened in.</param>
    public int For(int namespaces) =>
        Math.Max(1, (int)(Math.Max(Limit / LeastPart, Limit - Always - (ForNamespace * namespaces)) * Part));
}
