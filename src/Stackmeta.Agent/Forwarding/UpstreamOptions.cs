using System.Security.Cryptography.X509Certificates;

namespace Stackmeta.Agent;

/// <summary>The metadata API that the agent forwards to, as metadata_agent.ini names it (spec/neutron-metadata.md §5).</summary>
public sealed record UpstreamOptions
{
    /// <summary>Scheme, host and port; a path is not used.</summary>
    public required Uri Api { get; init; }

    /// <summary>Authorities that may have signed the API's certificate, in place of the system's (<c>auth_ca_cert</c>).</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>Take any certificate (<c>nova_metadata_insecure</c>); wins over <see cref="Authorities"/>.</summary>
    public bool Insecure { get; init; }

    /// <summary>Shown to the API (<c>nova_client_cert</c>, <c>nova_client_priv_key</c>).</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>
    /// One lost SYN is repeated within it (after 1 s, RFC 6298). Short, so that an API whose packets are lost is tried several times, and
    /// given up soon after the agent's patience ends.
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the API may take to begin an answer.</summary>
    public TimeSpan AnswerDeadline { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long after its arrival a request has an answer that begins, however often ports and API were asked for it: below the 30 s after
    /// which the stock proxy gives the agent up (spec/neutron-metadata.md §3.8).
    /// </summary>
    public TimeSpan WholeDeadline { get; init; } = TimeSpan.FromSeconds(28);

    /// <summary>How long the API may pause within an answer.</summary>
    public TimeSpan PauseDeadline { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Connections to the API; further requests wait for one.</summary>
    public int MaxConnections { get; init; } = 256;
}
