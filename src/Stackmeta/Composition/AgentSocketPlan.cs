using System.Globalization;
using Stackmeta.Agent;
using Stackmeta.Edge;
using Stackmeta.Http;

namespace Stackmeta;

/// <summary>
/// Whether the agent has a socket, and who may connect: whoever may asks in any guest's name, since nothing but two headers says whose
/// request it is. So there is none where nobody needs it, and else it is one user's.
/// </summary>
static class AgentSocketPlan
{
    /// <summary>The socket; null for none.</summary>
    /// <param name="settings">All settings.</param>
    /// <param name="folder">Where it lies unless it is set.</param>
    /// <param name="hops">What runs in this process.</param>
    /// <param name="source">Whose networks the edge serves.</param>
    /// <param name="kept">Keeps it for the next process; null where it ends with this one.</param>
    public static AgentSocketOptions? Of(
        SettingValues settings,
        DataFolder folder,
        Hops hops,
        NetworkSource source,
        IInheritedSockets? kept
    )
    {
        // Neutron's haproxies ask its agent, and the edge has listeners of its own in their namespaces.
        var isForHaproxy =
            settings.Get(KnownSettings.EdgeProxy) == EdgeProxy.Haproxy && source == NetworkSource.Inventory;
        var isAsked = !hops.HasFlag(Hops.Edge) || isForHaproxy || settings.Get(KnownSettings.AgentSocket).Length > 0;
        if (!isAsked)
        {
            return null;
        }
        var owner = settings.Get(KnownSettings.AgentSocketOwner);
        if (
            isForHaproxy
            && owner.Length == 0
            && !settings.IsSet(KnownSettings.AgentSocketMode)
            && Environment.IsPrivilegedProcess
        )
        {
            owner = ProxyUser.Id.ToString(CultureInfo.InvariantCulture);
        }
        return new()
        {
            Path = folder.AgentSocket,
            Mode = settings.Get(KnownSettings.AgentSocketMode),
            Owner = owner,
            Group = settings.Get(KnownSettings.AgentSocketGroup),
            TakeOver = settings.Get(KnownSettings.AgentTakeOver),
            Kept = kept,
            MaxConnections = DescriptorShares.Agent(
                hasGuests: hops.HasFlag(Hops.Edge) && !isForHaproxy,
                hasApi: hops.HasFlag(Hops.Api)
            ),
        };
    }
}
