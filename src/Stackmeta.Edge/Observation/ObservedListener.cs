using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Stackmeta.Edge;

/// <summary>A TCP socket that listens in a namespace.</summary>
/// <param name="Port">Its port.</param>
/// <param name="IsIpv6">Whether it is an IPv6 socket; one on <c>[::]</c> may serve IPv4 as well.</param>
/// <param name="Inode">The socket's number, by which its owner is found.</param>
public readonly record struct ObservedListener(int Port, bool IsIpv6, ulong Inode)
{
    /// <summary>TCP_LISTEN of include/net/tcp_states.h, as /proc/net/tcp prints it.</summary>
    const string Listening = "0A";

    /// <summary>The listening sockets of a namespace.</summary>
    /// <exception cref="EdgeException">The namespace is not there or may not be entered.</exception>
    public static ImmutableArray<ObservedListener> Read(string @namespace) =>
        [.. Read(@namespace, "tcp", isIpv6: false), .. Read(@namespace, "tcp6", isIpv6: true)];

    /// <summary>The process that holds the socket, and the program that it runs; null when it is no process that this one may look at.</summary>
    public (int Process, string Program)? FindOwner()
    {
        var link = string.Create(CultureInfo.InvariantCulture, $"socket:[{Inode}]");
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && Holds(folder, link)
            )
            {
                return (process, NameOf(folder));
            }
        }
        return null;
    }

    static IEnumerable<ObservedListener> Read(string @namespace, string table, bool isIpv6)
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
                yield return new(
                    int.Parse(
                        fields[1].AsSpan(fields[1].LastIndexOf(':') + 1),
                        NumberStyles.HexNumber,
                        CultureInfo.InvariantCulture
                    ),
                    isIpv6,
                    ulong.Parse(fields[9], CultureInfo.InvariantCulture)
                );
            }
        }
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
