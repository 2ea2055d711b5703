using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Stackmeta.Core.Logging;
using Stackmeta.OpenStack;

namespace Stackmeta;

/// <summary>Reads the PEM files that OpenStack's options name.</summary>
static class CertificateFiles
{
    /// <summary>A certificate with its key.</summary>
    /// <param name="certificate">The file with the certificate.</param>
    /// <param name="key">The file with its key; null when the first has both.</param>
    /// <param name="option">The option that names it, for the error.</param>
    /// <exception cref="ConfigurationException">It cannot be used.</exception>
    public static X509Certificate2 Own(string certificate, string? key, string option)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception error) when (IsUnusable(error))
        {
            throw new ConfigurationException(
                $"{option}: {certificate} cannot be used: {SystemReason.Of(error, certificate)}",
                error
            );
        }
    }

    /// <summary>Authorities that certificates of others must come from.</summary>
    /// <param name="file">The file with at least one certificate.</param>
    /// <param name="option">The option that names it, for the error.</param>
    /// <exception cref="ConfigurationException">They cannot be used.</exception>
    public static X509Certificate2Collection Authorities(string file, string option)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(file);
            // Without one, whatever the other side shows would be refused.
            return authorities.Count > 0
                ? authorities
                : throw new ConfigurationException($"{option}: {file} cannot be used: it holds no certificate");
        }
        catch (Exception error) when (IsUnusable(error))
        {
            throw new ConfigurationException($"{option}: {file} cannot be used: {SystemReason.Of(error, file)}", error);
        }
    }

    static bool IsUnusable(Exception error) =>
        // A key that is another certificate's is an ArgumentException.
        error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;
}
