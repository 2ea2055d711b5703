using Stackmeta.Http;

namespace Stackmeta;

/// <summary>
/// How the hops of a process share what it has of descriptors (<see cref="DescriptorBudget"/>): guests get most where there are guests, the
/// callers of agent and API a part of their own that is out of the guests' reach, as the guests' is out of theirs.
/// </summary>
static class DescriptorShares
{
    /// <summary>Agent and API, each, beside a hop that is nearer to the guests.</summary>
    const double Beside = 0.125;

    /// <summary>Of the nearest hop, beside which there may be two others.</summary>
    const double Nearest = 1 - (2 * Beside);

    /// <summary>Guests' connections, by how many namespaces are listened in.</summary>
    /// <param name="hasAgent">Whether the agent is in this process: else each connection may need another one to it.</param>
    public static Func<int, int> Guests(bool hasAgent) => OfProcess(hasAgent ? Nearest : 0.5).For;

    /// <summary>Connections to the agent's socket.</summary>
    /// <param name="hasGuests">Whether guests' connections come to this process themselves.</param>
    /// <param name="hasApi">Whether the API listens in this process.</param>
    public static int Agent(bool hasGuests, bool hasApi) =>
        OfProcess(
                hasGuests ? Beside
                : hasApi ? Nearest
                : 1
            )
            .For(0);

    /// <summary>Connections to the API.</summary>
    /// <param name="isAlone">Whether the process has no other hop.</param>
    public static int Api(bool isAlone) => OfProcess(isAlone ? 1 : Beside).For(0);

    static DescriptorBudget OfProcess(double part) => DescriptorBudget.OfProcess() with { Part = part };
}
