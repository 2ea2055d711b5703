using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Stackmeta.OpenStack;

/// <summary>Makes the HTTP clients with which OpenStack's services are asked: pooled connections, no redirects, no cookies.</summary>
static class RestConnections
{
    // A long-lived connection keeps asking a server that the name does not lead to any more.
    static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>A client without a time limit of its own: each request has a deadline.</summary>
    /// <exception cref="ConfigurationException">A certificate cannot be read.</exception>
    public static HttpClient Create(TlsOptions tls)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = ConnectionLifetime,
            SslOptions = Tls(tls),
        };
        return new(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }

    static SslClientAuthenticationOptions Tls(TlsOptions tls)
    {
        var options = new SslClientAuthenticationOptions();
        try
        {
            if (tls.CertificateFile is not null)
            {
                options.ClientCertificates = [X509Certificate2.CreateFromPemFile(tls.CertificateFile, tls.KeyFile)];
            }
            if (tls.IsInsecure)
            {
#pragma warning disable CA5359 // The operator wrote insecure = true; --check and the log say so.
                options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
            }
            else if (tls.AuthorityFile is not null)
            {
                var authorities = new X509Certificate2Collection();
                authorities.ImportFromPemFile(tls.AuthorityFile);
                options.CertificateChainPolicy = new()
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                };
                options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ConfigurationException($"a certificate cannot be read: {error.Message}", error);
        }
        return options;
    }
}
