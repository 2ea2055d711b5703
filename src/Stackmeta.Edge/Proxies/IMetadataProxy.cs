namespace Stackmeta.Edge;

/// <summary>What answers a namespace's metadata requests. Used by one caller at a time, except <see cref="Fault"/>.</summary>
interface IMetadataProxy
{
    /// <summary>Why guests are not served, or not by IPv6; null when they are, or need not be.</summary>
    string? Fault { get; }

    /// <summary>Serves these addresses; what is so already is left as it is.</summary>
    /// <exception cref="EdgeException">It cannot.</exception>
    Task ServeAsync(ProxyPlan plan, CancellationToken cancellationToken);

    /// <summary>Serves no longer. May be followed by another <see cref="ServeAsync"/>.</summary>
    Task StopAsync();
}

/// <summary>What is to be served in a namespace.</summary>
/// <param name="Scope">Whose namespace it is.</param>
/// <param name="Namespace">Its name.</param>
/// <param name="Ipv6Device">The interface with the IPv6 metadata address; null for IPv4 alone.</param>
sealed record ProxyPlan(EdgeScope Scope, string Namespace, string? Ipv6Device);
