namespace Stackmeta.Inventory;

/// <summary>The sizes that the inventory takes. Where Nova has a limit, it is Nova's (spec/nova-metadata.md §5.1, §5.4, §7.3).</summary>
public static class Limits
{
    /// <summary>Characters of a name or another one-line text; Nova's and Neutron's columns are varchar(255).</summary>
    public const int TextCharacters = 255;

    /// <summary>Characters of a metadata key and of its value.</summary>
    public const int MetadataCharacters = 255;

    /// <summary>Nova takes 65535 bytes of base64: 16383 whole groups of four, three bytes each.</summary>
    public const int UserDataBytes = 65535 / 4 * 3;

    /// <summary>Bytes of a public key or certificate; Nova's column takes more, no key needs it.</summary>
    public const int PublicKeyBytes = 65535;

    /// <summary>Characters of a password: four parts of 255.</summary>
    public const int PasswordCharacters = 4 * 255;

    /// <summary>RFC 1123 §2.1 with RFC 1035 §2.3.4.</summary>
    public const int HostnameCharacters = 253;

    /// <summary>RFC 1035 §2.3.4.</summary>
    public const int HostnameLabelCharacters = 63;

    /// <summary>The greatest EC2 number: Nova's columns are 32-bit integers.</summary>
    public const long Ec2Number = int.MaxValue;
}
