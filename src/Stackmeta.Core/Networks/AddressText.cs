namespace Stackmeta.Core.Networks;

/// <summary>Addresses as the C library's <c>inet_ntop</c> writes them, and therefore Python. <see cref="System.Net.IPAddress"/>
/// differs for IPv6 addresses that hold an IPv4 one.</summary>
public static class AddressText
{
    const int Groups = 8;

    public static int FormatIpv4(uint address, Span<byte> utf8)
    {
        var length = 0;
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            ((byte)(address >> shift)).TryFormat(utf8[length..], out var written);
            length += written;
            if (shift > 0)
            {
                utf8[length++] = (byte)'.';
            }
        }
        return length;
    }

    public static int FormatIpv6(UInt128 address, Span<byte> utf8)
    {
        var (zerosStart, zerosLength) = LongestZeros(address);
        // Written as IPv4 behind ::, and behind ::ffff: (mapped).
        var holdsIpv4 = zerosStart == 0 && (zerosLength == 6 || (zerosLength == 5 && GroupOf(address, 5) == 0xffff));
        var length = 0;
        for (var i = 0; i < Groups; i++)
        {
            if (zerosLength > 0 && i == zerosStart)
            {
                utf8[length++] = (byte)':';
                i += zerosLength - 1;
                if (i == Groups - 1)
                {
                    utf8[length++] = (byte)':';
                }
                continue;
            }
            if (i > 0)
            {
                utf8[length++] = (byte)':';
            }
            if (i == 6 && holdsIpv4)
            {
                return length + FormatIpv4((uint)address, utf8[length..]);
            }
            GroupOf(address, i).TryFormat(utf8[length..], out var written, "x");
            length += written;
        }
        return length;
    }

    /// <summary>The first of the longest runs of zero groups; a single one is not shortened.</summary>
    static (int Start, int Length) LongestZeros(UInt128 address)
    {
        var best = (Start: -1, Length: 1);
        for (var start = 0; start < Groups; start++)
        {
            var end = start;
            while (end < Groups && GroupOf(address, end) == 0)
            {
                end++;
            }
            if (end - start > best.Length)
            {
                best = (start, end - start);
            }
        }
        return best.Start < 0 ? (0, 0) : best;
    }

    static ushort GroupOf(UInt128 address, int index) => (ushort)(address >> (16 * (Groups - 1 - index)));
}
