using System.Globalization;
using System.Net;
using System.Text;

namespace Stackmeta.Edge;

/// <summary>The IPv6 addresses of a namespace, read without starting a program.</summary>
static class NamespaceIpv6
{
    // linux/if_addr.h.
    const int DetectionFailed = 0x08;
    const int Tentative = 0x40;

    /// <summary>Far more than a namespace has addresses: 54 octets a line.</summary>
    const int LargestTable = 256 * 1024;

    /// <exception cref="EdgeException">The namespace is gone.</exception>
    public static IReadOnlyList<Ipv6Assignment> Read(string @namespace) =>
        Parse(NetworkNamespace.Inside(@namespace, ReadTable));

    /// <summary>Lines of <c>/proc/net/if_inet6</c>: address, interface index, prefix length, scope, flags (all hex), device.</summary>
    public static IReadOnlyList<Ipv6Assignment> Parse(string table)
    {
        var found = new List<Ipv6Assignment>();
        foreach (var line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (
                line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    is [{ Length: 32 } address, var index, _, _, var flags, var device]
                && int.TryParse(index, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number)
                && int.TryParse(flags, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var bits)
            )
            {
                var state =
                    (bits & DetectionFailed) != 0 ? DuplicateDetection.Failed
                    : (bits & Tentative) != 0 ? DuplicateDetection.Running
                    : DuplicateDetection.Passed;
                found.Add(new(new IPAddress(Convert.FromHexString(address)), number, device, state));
            }
        }
        return found;
    }

    /// <summary>System calls only: this runs on a thread inside the namespace.</summary>
    static string ReadTable()
    {
        var descriptor = Libc.Open("/proc/thread-self/net/if_inet6", Libc.ReadOnly | Libc.CloseOnExec);
        if (descriptor < 0)
        {
            // The kernel has no IPv6.
            return "";
        }
        try
        {
            var buffer = new byte[LargestTable];
            var length = 0;
            nint count;
            while (
                length < buffer.Length
                && (count = Libc.Read(descriptor, ref buffer[length], buffer.Length - length)) > 0
            )
            {
                length += (int)count;
            }
            return Encoding.ASCII.GetString(buffer, 0, length);
        }
        finally
        {
            _ = Libc.Close(descriptor);
        }
    }
}

/// <summary>An IPv6 address of an interface.</summary>
readonly record struct Ipv6Assignment(
    IPAddress Address,
    int InterfaceIndex,
    string Device,
    DuplicateDetection Detection
);

/// <summary>Whether another host on the link has the address (RFC 4862 §5.4).</summary>
enum DuplicateDetection
{
    Passed,
    Running,
    Failed,
}
