using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Stackmeta.Inventory;

/// <summary>The forms of addresses. What is taken is stored in canonical text, by which it is looked up later.</summary>
static class AddressRules
{
    static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>Parses an IP address; the text that is not one is objected to.</summary>
    public static IPAddress? TakeAddress(this Objections objections, string path, string text)
    {
        // IPAddress also takes one number, hexadecimal and octal parts, and a scope id.
        var isPlain = !text.AsSpan().ContainsAnyExcept(AddressCharacters);
        if (
            !isPlain
            || !IPAddress.TryParse(text, out var address)
            || (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != text)
        )
        {
            objections.Invalid(path, $"{TextRules.Quote(text)} is not an IP address");
            return null;
        }
        if (address.IsIPv4MappedToIPv6)
        {
            objections.Invalid(
                path,
                $"{TextRules.Quote(text)} is an IPv4 address in IPv6 form; write {address.MapToIPv4()}"
            );
            return null;
        }
        return address;
    }

    /// <summary>Parses a CIDR whose host bits are zero.</summary>
    public static IPNetwork? TakeCidr(this Objections objections, string path, string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (
            slash < 0
            || !byte.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out var length)
        )
        {
            objections.Invalid(path, $"{TextRules.Quote(text)} is not a CIDR such as 10.0.0.0/24");
            return null;
        }
        var address = objections.TakeAddress(path, text[..slash]);
        if (address is null)
        {
            return null;
        }
        var longest = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (length > longest)
        {
            objections.Invalid(path, $"{TextRules.Quote(text)} has a prefix longer than {longest}");
            return null;
        }
        // The host bits of the base address are cleared.
        var network = new IPNetwork(address, length);
        if (!network.BaseAddress.Equals(address))
        {
            objections.Invalid(path, $"{TextRules.Quote(text)} has host bits set; write {network}");
            return null;
        }
        return network;
    }

    /// <summary>A MAC address of one host, in canonical text: lower case with colons. An empty one is drawn.</summary>
    public static string TakeMac(this Objections objections, string path, string text)
    {
        if (text.Length == 0)
        {
            // Neutron's base_mac: the locally administered block that OpenStack uses.
            var random = System.Security.Cryptography.RandomNumberGenerator.GetBytes(3);
            return $"fa:16:3e:{random[0]:x2}:{random[1]:x2}:{random[2]:x2}";
        }
        if (!IsMac(text))
        {
            objections.Invalid(path, $"{TextRules.Quote(text)} is not a MAC address such as fa:16:3e:12:34:56");
            return text;
        }
        var mac = text.ToLowerInvariant().Replace('-', ':');
        if ((Convert.FromHexString(mac.AsSpan(0, 2))[0] & 1) != 0)
        {
            objections.Invalid(path, $"{mac} is the address of a group, not of one host");
        }
        return mac;
    }

    static bool IsMac(string text)
    {
        if (text.Length != 17 || text[2] is not (':' or '-'))
        {
            return false;
        }
        for (var i = 0; i < text.Length; i++)
        {
            if (i % 3 == 2 ? text[i] != text[2] : !char.IsAsciiHexDigit(text[i]))
            {
                return false;
            }
        }
        return true;
    }
}
