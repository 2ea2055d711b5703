namespace Stackmeta.Hostile.Tests;

/// <summary>The ways in which the program may stand between guests and their data.</summary>
[Flags]
enum Kinds
{
    /// <summary><c>up</c>, one process.</summary>
    Up = 1,

    /// <summary><c>up</c> with edge.user: an ordinary user serves.</summary>
    TwoHalves = 2,

    /// <summary>api, agent and edge, each a process.</summary>
    ThreeProcesses = 4,

    /// <summary><c>up</c> with a haproxy in each network.</summary>
    Haproxy = 8,

    /// <summary><c>haproxy</c> as Neutron starts it, <c>edge --drop-in</c>, and agent and API of ours.</summary>
    DropIn = 16,

    /// <summary><c>edge --watch</c> before an agent of another make.</summary>
    StockAgent = 32,

    /// <summary><c>up</c> with a router before each network.</summary>
    Router = 64,

    /// <summary>Networks of our inventory.</summary>
    Own = Up | TwoHalves | ThreeProcesses | Haproxy,

    /// <summary>Networks such as Neutron makes.</summary>
    Neutron = DropIn | StockAgent,

    /// <summary>An agent of ours answers.</summary>
    OwnAgent = Own | DropIn,

    /// <summary>Guests' connections come to a socket of ours.</summary>
    OwnEdge = All & ~Haproxy,

    /// <summary>Guests are on the link of who answers.</summary>
    All = Own | Neutron,
}
