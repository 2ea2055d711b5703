namespace Stackmeta.OpenStack;

/// <summary>How a server's certificate is judged and which one is shown to it (keystoneauth's session options).</summary>
public sealed record TlsOptions
{
    /// <summary>A PEM file of authorities; null for the system's.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>A PEM file with this service's own certificate, and its key unless <see cref="KeyFile"/> has it; null for none.</summary>
    public string? CertificateFile { get; init; }

    public string? KeyFile { get; init; }

    /// <summary>No certificate is judged at all.</summary>
    public bool IsInsecure { get; init; }
}
