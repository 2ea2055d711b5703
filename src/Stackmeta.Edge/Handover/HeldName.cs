using System.Globalization;
using System.Net;

namespace Stackmeta.Edge;

/// <summary>Which listening socket it is: by this a new process finds what an older one had.</summary>
readonly record struct HeldName(string Namespace, IPEndPoint EndPoint)
{
    /// <summary>
    /// Of a descriptor in systemd's store (sd_pid_notify_with_fds(3)): no longer, and neither colon nor control character.
    /// </summary>
    const int LongestDescriptorName = 255;

    /// <summary>For example <c>qdhcp-5d6f…/a9fea9fe/80/0</c>: address in hex, port, interface.</summary>
    /// <returns>Null if systemd takes no such name.</returns>
    public string? ToDescriptorName()
    {
        var index = EndPoint.Address.IsIPv6LinkLocal ? EndPoint.Address.ScopeId : 0;
        var name =
            $"{Namespace}/{Convert.ToHexStringLower(EndPoint.Address.GetAddressBytes())}/{EndPoint.Port}/{index}";
        return name.Length <= LongestDescriptorName && name.All(c => c is > ' ' and <= '~' and not ':') ? name : null;
    }

    /// <summary>Reads what <see cref="ToDescriptorName"/> writes; null for a descriptor that is something else.</summary>
    public static HeldName? Parse(string name)
    {
        if (
            name.Split('/') is not [.. { Length: > 0 } @namespace, var address, var port, var index]
            || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var portNumber)
            || !uint.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var scope)
            || address.Length is not (8 or 32)
            || !address.All(char.IsAsciiHexDigitLower)
            || (scope > 0 && address.Length == 8)
        )
        {
            return null;
        }
        var bytes = Convert.FromHexString(address);
        var parsed = new HeldName(
            string.Join('/', @namespace),
            new(bytes.Length == 4 ? new IPAddress(bytes) : new IPAddress(bytes, scope), portNumber)
        );
        // One form for each: what reads otherwise is not ours.
        return parsed.ToDescriptorName() == name ? parsed : null;
    }
}
