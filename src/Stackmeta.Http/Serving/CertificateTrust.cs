using System.Security.Cryptography.X509Certificates;

namespace Stackmeta.Http;

/// <summary>Whether a certificate comes from authorities that the operator names.</summary>
public static class CertificateTrust
{
    /// <summary>
    /// Builds the chain to one of <paramref name="authorities"/>, which replace the system's; expiry is checked, revocation is not.
    /// </summary>
    /// <remarks>Host names are the caller's business: TLS checks them for servers, clients have none.</remarks>
    public static bool IsIssuedBy(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}
