namespace Stackmeta;

/// <summary>What answers in the namespaces of networks that the edge makes.</summary>
public enum EdgeProxy
{
    /// <summary>Listening sockets of the edge's own process.</summary>
    Listeners,

    /// <summary>A haproxy in each.</summary>
    Haproxy,
}
