using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Stackmeta.Core.Logging;

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
        if (tls.CertificateFile is { } own)
        {
            options.ClientCertificates =
            [
                Read(own, "certfile", () => X509Certificate2.CreateFromPemFile(own, tls.KeyFile)),
            ];
        }
        if (tls.IsInsecure)
        {
#pragma warning disable CA5359 // The operator wrote insecure = true.
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (tls.AuthorityFile is { } file)
        {
            options.CertificateChainPolicy = new()
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(Read(file, "cafile", () => Authorities(file)));
        }
        return options;
    }

    static X509Certificate2Collection Authorities(string file)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        // Without one, whatever the server shows would be refused.
        return authorities.Count > 0 ? authorities : throw new CryptographicException("it holds no certificate");
    }

    static T Read<T>(string file, string option, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error)
            // A key that is another certificate's is an ArgumentException.
            when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new ConfigurationException($"{option}: {file} cannot be used: {SystemReason.Of(error, file)}", error);
        }
    }
}
