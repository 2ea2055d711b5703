using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Stackmeta.Documents.Tests;

/// <summary>What is taken as a public key, and what is said of all else without repeating it.</summary>
public sealed class PublicKeyTextTests
{
    static readonly byte[] _point256 = [4, .. new byte[64]];

    static byte[] Field(params byte[] bytes)
    {
        var field = new byte[sizeof(uint) + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(field, bytes.Length);
        bytes.CopyTo(field, sizeof(uint));
        return field;
    }

    static string Key(string outer, string inner, params byte[][] fields) =>
        $"{outer} {Convert.ToBase64String([.. Field(Encoding.ASCII.GetBytes(inner)), .. fields.SelectMany(Field)])}";

    static string Ed25519(byte value = 1) => Key("ssh-ed25519", "ssh-ed25519", Filled(32, value));

    static byte[] Filled(int length, byte value) => [.. Enumerable.Repeat(value, length)];

    static string Refused(string text, string type = PublicKeyText.Ssh)
    {
        var fault = PublicKeyText.Read(text, type, out var keys);
        Assert.Equal("", keys);
        return Assert.IsType<string>(fault);
    }

    public static TheoryData<string> Good { get; } =
    [
        Ed25519(),
        Key("ssh-rsa", "ssh-rsa", [1, 0, 1], [0, .. Filled(256, 0xff)]),
        Key("ssh-dss", "ssh-dss", [1], [2], [3], [4]),
        Key("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", "nistp256"u8.ToArray(), _point256),
        Key("ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384", "nistp384"u8.ToArray(), [4, .. new byte[96]]),
        Key("ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521", "nistp521"u8.ToArray(), [4, .. new byte[132]]),
        Key("sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com", Filled(32, 1), "ssh:"u8.ToArray()),
        Key(
            "sk-ecdsa-sha2-nistp256@openssh.com",
            "sk-ecdsa-sha2-nistp256@openssh.com",
            "nistp256"u8.ToArray(),
            _point256,
            "ssh:"u8.ToArray()
        ),
    ];

    [Theory, MemberData(nameof(Good))]
    public void A_key_of_each_type_is_taken(string key)
    {
        foreach (var text in (string[])[key, $"{key} alice@example, of two words\n", $"\ufeff{key}\r\n"])
        {
            Assert.Null(PublicKeyText.Read(text, PublicKeyText.Ssh, out var keys));
            Assert.Equal(text.Trim('\ufeff', '\r', '\n'), keys);
        }
    }

    [Fact]
    public void Several_keys_are_kept_each_once_without_comments()
    {
        var (one, two) = (Ed25519(), Ed25519(2));
        Assert.Null(PublicKeyText.Read($"# mine\n{one} a\n\n{two}\r\n{one} a\n", PublicKeyText.Ssh, out var keys));
        Assert.Equal($"{one} a\n{two}", keys);
    }

    public static TheoryData<string, string> Bad { get; } =
        new()
        {
            { "", "is empty" },
            { "# nothing\n", "holds no public key" },
            { "hello world", "line 1 does not begin with a key type" },
            { "ssh-ed25519", "line 1 has no key behind its type" },
            { "ssh-ed25519 AAA", "not base64" },
            { "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "not 32 bytes long" },
            { "ssh-ed25519 AAAAB3NzaC1yc2E=", "says ssh-ed25519, and its key is of another type or cut" },
            { Key("ssh-ed25519", "ssh-ed25519", Filled(31, 1)), "not 32 bytes long" },
            { Key("ssh-ed25519", "ssh-ed25519", Filled(32, 1), [1]), "longer than its type allows" },
            { Key("ssh-rsa", "ssh-rsa", [1, 0, 1], Filled(64, 0xff)), "512 bits" },
            { Key("ssh-rsa", "ssh-rsa", [1, 0, 1]), "shorter than its type needs" },
            { Key("ssh-dss", "ssh-dss", [1], [2]), "shorter than its type needs" },
            { Key("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", "nistp384"u8.ToArray(), _point256), "no point" },
            { Ed25519() + "\nssh-rsa AAAA", "line 2 " },
            { Ed25519() + " a\u001b[2Jb", "control character" },
            { "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA", "ssh-keygen -i" },
            { "-----BEGIN PUBLIC KEY-----\nAAAA", "ssh-keygen -i" },
            { "-----BEGIN CERTIFICATE-----\nAAAA", "--key-type x509" },
            { "#cloud-config\nssh_authorized_keys: [x]", "is user data" },
            { "#!/bin/sh\n", "is user data" },
            { "Content-Type: multipart/mixed\n", "is user data" },
        };

    [Theory, MemberData(nameof(Bad))]
    public void All_else_is_named(string text, string part) => Assert.Contains(part, Refused(text));

    [Theory]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nSECRET")]
    [InlineData("\n-----BEGIN RSA PRIVATE KEY-----\nSECRET")]
    [InlineData("-----BEGIN ENCRYPTED PRIVATE KEY-----\nSECRET")]
    [InlineData("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nSECRET")]
    [InlineData("PuTTY-User-Key-File-3: ssh-ed25519\nSECRET")]
    public void A_private_key_is_refused_and_not_repeated(string text)
    {
        foreach (var type in (string[])[PublicKeyText.Ssh, PublicKeyText.X509])
        {
            var fault = Refused(text, type);
            Assert.StartsWith("holds a private key", fault, StringComparison.Ordinal);
            Assert.DoesNotContain("SECRET", fault, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_certificate_is_taken_in_PEM()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=guest", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddYears(1)
        );
        var pem = certificate.ExportCertificatePem();
        Assert.Null(PublicKeyText.Read(pem + "\r\n", PublicKeyText.X509, out var keys));
        Assert.Equal(pem, keys);
        Assert.Contains("no X.509 certificate", Refused(pem.Replace('M', '?'), PublicKeyText.X509));
        Assert.StartsWith(
            "holds a private key",
            Refused(pem + "\n" + key.ExportPkcs8PrivateKeyPem(), PublicKeyText.X509)
        );
    }
}
