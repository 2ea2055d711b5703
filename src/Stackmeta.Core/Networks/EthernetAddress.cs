using System.Net;

namespace Stackmeta.Core.Networks;

/// <summary>The MAC address of one network interface, without a string or an array of its own.</summary>
public readonly record struct EthernetAddress
{
    /// <summary>Octets of an address.</summary>
    public const int Size = 6;

    /// <summary>Characters of <see cref="ToString"/>.</summary>
    const int TextLength = 17;

    const byte UniversalLocalBit = 0x02;

    readonly ulong _value;

    EthernetAddress(ulong value) => _value = value;

    /// <summary>
    /// Whether a single interface can have it: not the address of a group, and not all zeros, which the loopback interface has.
    /// </summary>
    public bool IsUnicast => _value != 0 && (_value >> 40 & 1) == 0;

    /// <summary>Reads the first six octets.</summary>
    /// <param name="octets">At least <see cref="Size"/> of them, as on the wire.</param>
    public static EthernetAddress Read(ReadOnlySpan<byte> octets)
    {
        ulong value = 0;
        foreach (var octet in octets[..Size])
        {
            value = value << 8 | octet;
        }
        return new(value);
    }

    /// <summary>The interface whose address an IPv6 interface identifier was made of (RFC 4291, appendix A).</summary>
    /// <param name="address">IPv6.</param>
    /// <returns>False for an address that was not made of a MAC: its middle octets are not <c>ff:fe</c>.</returns>
    public static bool TryReadInterfaceIdentifier(IPAddress address, out EthernetAddress ethernet)
    {
        Span<byte> bytes = stackalloc byte[16];
        ethernet = default;
        if (!address.TryWriteBytes(bytes, out var length) || length != 16 || bytes[11] != 0xff || bytes[12] != 0xfe)
        {
            return false;
        }
        ethernet = Read([(byte)(bytes[8] ^ UniversalLocalBit), bytes[9], bytes[10], bytes[13], bytes[14], bytes[15]]);
        return true;
    }

    /// <summary>Reads six octets in hexadecimal, two digits each in any case, with colons between them.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out EthernetAddress address)
    {
        address = default;
        if (text.Length != TextLength)
        {
            return false;
        }
        ulong value = 0;
        for (var i = 0; i < TextLength; i += 3)
        {
            if (!char.IsAsciiHexDigit(text[i]) || !char.IsAsciiHexDigit(text[i + 1]) || (i > 0 && text[i - 1] != ':'))
            {
                return false;
            }
            value = value << 8 | (uint)(Digit(text[i]) << 4 | Digit(text[i + 1]));
        }
        address = new(value);
        return true;
    }

    /// <summary>Writes the six octets as on the wire.</summary>
    public void Write(Span<byte> octets)
    {
        for (var i = 0; i < Size; i++)
        {
            octets[i] = Octet(i);
        }
    }

    /// <summary>The IPv6 link-local address that a host makes of its MAC (RFC 4291, appendix A).</summary>
    /// <param name="zone">The index of the interface; 0 for none.</param>
    public IPAddress ToLinkLocal(long zone = 0)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        bytes[0] = 0xfe;
        bytes[1] = 0x80;
        bytes[8] = (byte)(Octet(0) ^ UniversalLocalBit);
        bytes[9] = Octet(1);
        bytes[10] = Octet(2);
        bytes[11] = 0xff;
        bytes[12] = 0xfe;
        bytes[13] = Octet(3);
        bytes[14] = Octet(4);
        bytes[15] = Octet(5);
        return new(bytes, zone);
    }

    /// <summary>In lower case with colons, as <c>ip</c>, dnsmasq and Neutron write it.</summary>
    public override string ToString() =>
        string.Create(
            TextLength,
            this,
            static (text, address) =>
            {
                for (var i = 0; i < Size; i++)
                {
                    var octet = address.Octet(i);
                    text[3 * i] = Letter(octet >> 4);
                    text[(3 * i) + 1] = Letter(octet & 0xf);
                    if (i < Size - 1)
                    {
                        text[(3 * i) + 2] = ':';
                    }
                }
            }
        );

    byte Octet(int i) => (byte)(_value >> (8 * (Size - 1 - i)));

    static int Digit(char hex) => char.IsAsciiDigit(hex) ? hex - '0' : (hex | 0x20) - 'a' + 10;

    static char Letter(int digit) => (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
}
