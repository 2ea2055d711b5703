using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Stackmeta.Agent;

/// <summary>Makes the pooled connections to the API: what is sent is what the agent says, what comes back is what the API says.</summary>
public static class UpstreamConnections
{
    /// <summary>Old connections go so that a changed name is noticed.</summary>
    internal static readonly TimeSpan KeptLifetime = TimeSpan.FromMinutes(5);

    /// <param name="options">Where to, and with which certificates.</param>
    /// <param name="lifetime">How long a connection is used; zero for one request.</param>
    internal static HttpMessageInvoker Create(UpstreamOptions options, TimeSpan lifetime)
    {
        var handler = new SocketsHttpHandler
        {
            // A redirect would carry the signed headers elsewhere (spec/neutron-metadata.md §3.6).
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = options.MaxConnections,
            PooledConnectionLifetime = lifetime,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            SslOptions = TlsOf(options),
        };
        return new HttpMessageInvoker(handler, disposeHandler: true);
    }

    /// <summary>With which certificates the API is spoken to over https.</summary>
    public static SslClientAuthenticationOptions TlsOf(UpstreamOptions options)
    {
        var tls = new SslClientAuthenticationOptions();
        if (options.ClientCertificate is { } certificate)
        {
            tls.ClientCertificates = [certificate];
        }
        if (options.Insecure)
        {
            // The operator's explicit wish.
#pragma warning disable CA5359
            tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (options.Authorities is { } authorities)
        {
            // Names are checked all the same.
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }
        return tls;
    }
}
