namespace Stackmeta.OpenStack;

/// <summary>How Neutron's REST API is asked.</summary>
public sealed record NeutronOptions
{
    /// <summary>Which endpoint of the catalogue.</summary>
    public EndpointChoice Endpoint { get; init; } = new();

    public TlsOptions Tls { get; init; } = new();

    /// <summary>How long one question may take, token, pages and repetition included.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a request is sent again when no connection could be had (<c>http_retries</c>).</summary>
    public int Retries { get; init; } = 3;
}
