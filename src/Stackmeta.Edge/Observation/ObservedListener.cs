using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Stackmeta.Edge;

/// <summary>A TCP socket that listens in a namespace.</summary>
/// <param name="Address">What it listens on; <c>::</c> may serve IPv4 as well.</param>
/// <param name="Port">Its port.</param>
/// <param name="Inode">The socket's number, by which its owners are found.</param>
public readonly record struct ObservedListener(IPAddress Address, int Port, ulong Inode)
{
    /// <summary>TCP_LISTEN of include/net/tcp_states.h, as /proc/net/tcp prints it.</summary>
    const string Listening = "0A";

    /// <summary>The listening sockets of a namespace.</summary>
    /// <exception cref="EdgeException">The namespace is not there or may not be entered.</exception>
    public static ImmutableArray<ObservedListener> Read(string @namespace) =>
        [.. Read(@namespace, "tcp"), .. Read(@namespace, "tcp6")];

    /// <summary>Whether what is sent to an address of the namespace's own comes to it.</summary>
    public bool Serves(IPAddress destination) =>
        Address.Equals(destination)
        || Address.Equals(IPAddress.IPv6Any)
        || (Address.Equals(IPAddress.Any) && destination.AddressFamily == AddressFamily.InterNetwork);

    /// <summary>
    /// The processes that hold the socket, and the program that each runs: several where one keeps it for another. None where they
    /// are not for this process to look at.
    /// </summary>
    public IEnumerable<(int Process, string Program)> FindOwners()
    {
        var link = string.Create(CultureInfo.InvariantCulture, $"socket:[{Inode}]");
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && Holds(folder, link)
            )
            {
                yield return (process, NameOf(folder));
            }
        }
    }

    static IEnumerable<ObservedListener> Read(string @namespace, string table)
    {
        // What the file tells is decided when it is opened, so only that happens inside.
        var descriptor = NetworkNamespace.Inside(
            @namespace,
            () => Libc.Open($"/proc/thread-self/net/{table}", Libc.ReadOnly | Libc.CloseOnExec)
        );
        if (descriptor < 0)
        {
            // A kernel without IPv6.
            yield break;
        }
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        using var reader = new StreamReader(new FileStream(handle, FileAccess.Read), Encoding.ASCII);
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode: proc(5).
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && fields[3] == Listening)
            {
                var colon = fields[1].LastIndexOf(':');
                yield return new(
                    AddressOf(fields[1].AsSpan(0, colon)),
                    int.Parse(fields[1].AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                    ulong.Parse(fields[9], CultureInfo.InvariantCulture)
                );
            }
        }
    }

    /// <summary>The kernel prints each 32 bits of the address as the number that they are in its memory.</summary>
    static IPAddress AddressOf(ReadOnlySpan<char> hex)
    {
        const int Digits = 8;
        Span<uint> words = stackalloc uint[hex.Length / Digits];
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = uint.Parse(hex.Slice(i * Digits, Digits), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }
        return new(MemoryMarshal.AsBytes(words));
    }

    static bool Holds(string process, string link)
    {
        try
        {
            return Directory
                .EnumerateFiles(Path.Combine(process, "fd"))
                .Any(descriptor => new FileInfo(descriptor).LinkTarget == link);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is not ours to look at.
            return false;
        }
    }

    static string NameOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "comm")).TrimEnd();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
