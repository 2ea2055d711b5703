using Stackmeta.Core.Caching;
using Stackmeta.Http;

namespace Stackmeta.Agent;

/// <summary>Settings of the agent.</summary>
public sealed record AgentOptions
{
    /// <summary>
    /// How long look-ups are kept (spec/neutron-metadata.md §3.5, Target). The grace is short: a port that is kept while the
    /// directory is down may name an instance that has lost its address.
    /// </summary>
    public AnswerCacheOptions Ports { get; init; } =
        new()
        {
            Expiration = TimeSpan.FromSeconds(10),
            NegativeExpiration = TimeSpan.FromSeconds(1),
            Grace = TimeSpan.FromMinutes(5),
        };

    /// <summary>How long a request waits inside for ports and API together while one of them is down.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(7.5);

    /// <summary>Requests that may wait for the API at once; one more is refused.</summary>
    public int MaxWaiters { get; init; } = 4096;
}

/// <summary>The agent as a server of its own, on a unix socket.</summary>
public sealed record AgentServerOptions
{
    public required AgentSocketOptions Socket { get; init; }

    /// <summary>Limits; its addresses are replaced by the socket's.</summary>
    public HttpServerOptions Http { get; init; } = new() { Addresses = [], MaxBody = 16 * 1024 * 1024 };
}

/// <summary>The unix socket on which the networks' proxies ask (spec/neutron-metadata.md §3.1).</summary>
public sealed record AgentSocketOptions
{
    /// <summary>Neutron's <c>metadata_proxy_socket</c>. Its folder is made, mode 0755, when it is missing.</summary>
    public required string Path { get; init; }

    /// <summary>Who may connect; connecting needs the right to write.</summary>
    public AgentSocketMode Mode { get; init; } = AgentSocketMode.Deduce;

    /// <summary>Whether everybody may read the socket, as Neutron's modes say; nobody can connect by that.</summary>
    public bool IsReadableByAll { get; init; }

    /// <summary>
    /// Neutron's <c>metadata_proxy_user</c>: name or number of the user whom the proxies run as; empty for the agent's own.
    /// </summary>
    public string ProxyUser { get; init; } = "";

    /// <summary>Neutron's <c>metadata_proxy_group</c>, likewise.</summary>
    public string ProxyGroup { get; init; } = "";

    /// <summary>Name or number of the user who shall own the socket; empty leaves it to the agent's.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Name or number of the socket's group; empty leaves it to the agent's.</summary>
    public string Group { get; init; } = "";

    /// <summary>Neutron's <c>metadata_backlog</c>; the kernel caps it at <c>net.core.somaxconn</c>.</summary>
    public int Backlog { get; init; } = 4096;

    /// <summary>Open connections; one more is turned away. Null for as many as the process has descriptors.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Keeps the socket for the next process; null where it ends with this one.</summary>
    public IInheritedSockets? Kept { get; init; }

    /// <summary>
    /// Take the socket over from an agent that lives: new connections come here from then on, the other one ends what it has.
    /// </summary>
    public bool TakeOver { get; init; }

    /// <summary>Looks up the users and groups that are named here.</summary>
    /// <exception cref="ListenException">This host does not know one of them.</exception>
    public void CheckAccess() => SocketAccess.Check(this);
}

/// <summary>Neutron's <c>metadata_proxy_socket_mode</c>.</summary>
public enum AgentSocketMode
{
    /// <summary>The first of the others that lets the proxies' user and group in.</summary>
    Deduce,

    /// <summary>0600, Neutron's 0644: the owner alone.</summary>
    User,

    /// <summary>0660, Neutron's 0664: owner and group.</summary>
    Group,

    /// <summary>0666: everybody on this host.</summary>
    All,
}
