using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Stackmeta.Documents;

/// <summary>Public keys as files have them. What is said of a text never repeats it: it may be a private key.</summary>
public static class PublicKeyText
{
    public const string Ssh = "ssh";
    public const string X509 = "x509";

    const string Begin = "-----BEGIN ";

    /// <summary>Reads OpenSSH public keys, one a line, or for <see cref="X509"/> one certificate in PEM.</summary>
    /// <param name="text">A file's content. Empty lines and comments are left out.</param>
    /// <param name="type"><see cref="Ssh"/> or <see cref="X509"/>.</param>
    /// <param name="keys">The keys, one a line, without a line end after the last.</param>
    /// <returns>What is wrong, to be put behind the file's name; null if nothing is.</returns>
    public static string? Read(string text, string type, out string keys)
    {
        keys = "";
        var trimmed = text.TrimStart('\ufeff').Trim();
        return trimmed.Length == 0 ? "is empty"
            : FindForeign(trimmed) is { } foreign ? foreign
            : type == X509 ? ReadCertificate(trimmed, out keys)
            : ReadLines(trimmed, out keys);
    }

    /// <summary>What a text is that no public key begins as; null if it may be one.</summary>
    public static string? FindForeign(string text)
    {
        var trimmed = text.TrimStart('\ufeff').TrimStart();
        // Also behind something else: a bundle of a certificate and its key.
        if (
            text.Contains("PRIVATE KEY", StringComparison.Ordinal)
            || trimmed.StartsWith("PuTTY-User-Key-File", StringComparison.Ordinal)
        )
        {
            return "holds a private key; give the public one, usually the file that ends in .pub";
        }
        return
            trimmed.StartsWith("#cloud-config", StringComparison.Ordinal)
            || trimmed.StartsWith("#!", StringComparison.Ordinal)
            || trimmed.StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase)
            || trimmed.StartsWith("MIME-Version:", StringComparison.OrdinalIgnoreCase)
            ? "is user data and no public key"
            : null;
    }

    static string? ReadLines(string text, out string keys)
    {
        keys = "";
        if (
            text.StartsWith("---- BEGIN SSH2", StringComparison.Ordinal)
            || text.StartsWith(Begin, StringComparison.Ordinal)
        )
        {
            return text.StartsWith("-----BEGIN CERTIFICATE", StringComparison.Ordinal)
                ? "is a certificate; add --key-type x509"
                : "is not in OpenSSH's form; 'ssh-keygen -i -f FILE' converts it (-m PKCS8 for PEM)";
        }
        var lines = new List<string>();
        var number = 0;
        foreach (var written in text.Split('\n'))
        {
            number++;
            var line = written.Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }
            if (OpenSshKey.FindFault(line) is { } fault)
            {
                return $"is no public key: line {number} {fault}";
            }
            if (!lines.Contains(line))
            {
                lines.Add(line);
            }
        }
        keys = string.Join('\n', lines);
        return lines.Count == 0 ? "holds no public key" : null;
    }

    static string? ReadCertificate(string text, out string keys)
    {
        keys = text.ReplaceLineEndings("\n");
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(text);
            return null;
        }
        catch (CryptographicException)
        {
            keys = "";
            return "is no X.509 certificate in PEM";
        }
    }
}
