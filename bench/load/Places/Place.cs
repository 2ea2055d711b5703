using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Stackmeta.Bench.Load;

/// <summary>Where a request comes from and goes to.</summary>
/// <param name="Namespace">The network namespace that the connection is made in; null for the program's own.</param>
/// <param name="Source">The address that the connection comes from, as the kernel takes it; null for any.</param>
/// <param name="Server">The address that it goes to, as the kernel takes it.</param>
public sealed record Place(NamespaceHandle? Namespace, byte[]? Source, byte[] Server)
{
    internal int Family => Server[0];

    /// <summary>A unix socket.</summary>
    public static Place Unix(string path)
    {
        var name = Encoding.UTF8.GetBytes(path);
        // sun_path is 108 bytes with the zero that ends it (unix(7)).
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, 107, nameof(path));
        var address = new byte[2 + name.Length + 1];
        address[0] = Libc.AfUnix;
        name.CopyTo(address, 2);
        return new(null, null, address);
    }

    /// <summary>An IPv4 server, asked from a namespace and an address of it.</summary>
    public static Place Ipv4(IPEndPoint server, NamespaceHandle? from = null, IPAddress? source = null) =>
        new(from, source is null ? null : Address(source, 0), Address(server.Address, server.Port));

    static byte[] Address(IPAddress address, int port)
    {
        // sockaddr_in: family, port, address, zeroes (ip(7)).
        var bytes = new byte[16];
        bytes[0] = Libc.AfInet;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)port);
        address.TryWriteBytes(bytes.AsSpan(4), out _);
        return bytes;
    }
}
