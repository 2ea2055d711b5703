using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Edge;

/// <summary>
/// Makes sockets inside a named network namespace. A socket belongs for ever to the namespace that it was made in, so only
/// the making needs a thread there; everything after happens anywhere.
/// </summary>
static class NetworkNamespace
{
    /// <summary>Where <c>ip netns</c> keeps its names (man ip-netns).</summary>
    public const string Directory = "/run/netns";

    public static string PathOf(string name) => Path.Combine(Directory, name);

    /// <summary>
    /// Whether there is a namespace behind the name: absent where there is nothing, or only the file that it would be mounted on; unknown
    /// where it may not be entered.
    /// </summary>
    public static Lookup<bool> Find(string name)
    {
        try
        {
            return Lookup.Found(Inside(name, static () => true));
        }
        catch (NamespaceGoneException)
        {
            return Lookup.Absent<bool>();
        }
        catch (EdgeException e)
        {
            return Lookup.Unknown<bool>(e.Message);
        }
    }

    /// <summary>Names that lie in <see cref="Directory"/>; none where there is no such directory yet.</summary>
    /// <exception cref="LookupException">One could not look.</exception>
    public static IReadOnlyCollection<string> Names() =>
        [.. (FileLookup.Files(Directory).OrDefault() ?? []).Select(static path => Path.GetFileName(path)!)];

    /// <summary>
    /// Deletes a name that leads to no namespace any more, as <c>umount</c> leaves it: nothing could be made under it. Of one
    /// that does lead somewhere the kernel lets nobody delete the file.
    /// </summary>
    /// <param name="name">One that is known to be ours: another program may be about to mount on a file that is empty.</param>
    public static void DeleteDead(string name)
    {
        if (FileLookup.Exists(PathOf(name)) && Find(name).IsAbsent)
        {
            File.Delete(PathOf(name));
        }
    }

    /// <summary>
    /// Runs <paramref name="systemCalls"/> on a thread of its own that has entered the namespace (setns(2), one thread only).
    /// The code must do nothing but system calls: a thread that the runtime started from there would stay there.
    /// </summary>
    /// <exception cref="NamespaceGoneException">There is no such namespace.</exception>
    /// <exception cref="EdgeException">It may not be entered, or not now.</exception>
    public static T Inside<T>(string name, Func<T> systemCalls)
    {
        var path = PathOf(name);
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = OnThisThread(path, systemCalls);
            }
            catch (Exception e)
            {
                failure = e;
            }
        })
        {
            IsBackground = true,
            Name = "namespace opener",
        };
        thread.Start();
        thread.Join();
        return failure switch
        {
            null => result!,
            NamespaceGoneException => throw new NamespaceGoneException(
                $"Namespace {name}: {failure.Message}",
                failure.InnerException
            ),
            _ => throw new EdgeException($"Namespace {name}: {failure.Message}", failure),
        };
    }

    /// <summary>A socket of the namespace, close-on-exec, not yet bound.</summary>
    public static Socket CreateSocket(string name, AddressFamily family, SocketType type)
    {
        var (nativeFamily, nativeType) = (
            family == AddressFamily.InterNetworkV6 ? Libc.AfInet6 : Libc.AfInet,
            (type == SocketType.Dgram ? Libc.SockDgram : Libc.SockStream) | Libc.SockCloexec
        );
        var descriptor = Inside(name, () => Checked(Libc.Socket(nativeFamily, nativeType, 0), "socket"));
        return new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
    }

    /// <summary>The result of a system call, or its error with the call's name.</summary>
    public static int Checked(int result, string call) =>
        result >= 0
            ? result
            : throw new Win32Exception(
                Marshal.GetLastPInvokeError(),
                $"{call}: {Marshal.GetLastPInvokeErrorMessage()}"
            );

    /// <summary>
    /// As <see cref="Checked"/>; a name that is not there, or a file that is no namespace (setns(2), EINVAL), is told apart.
    /// </summary>
    static int Known(int result, string call)
    {
        try
        {
            return Checked(result, call);
        }
        catch (Win32Exception e) when (Lookup.IsAbsence(e) || e.NativeErrorCode == Libc.InvalidArgument)
        {
            throw new NamespaceGoneException(e.Message, e);
        }
    }

    static T OnThisThread<T>(string path, Func<T> systemCalls)
    {
        var own = Checked(Libc.Open("/proc/thread-self/ns/net", Libc.ReadOnly | Libc.CloseOnExec), "open");
        try
        {
            var other = Known(Libc.Open(path, Libc.ReadOnly | Libc.CloseOnExec), "open");
            try
            {
                Known(Libc.SetNamespace(other, Libc.CloneNewNet), "setns");
            }
            finally
            {
                _ = Libc.Close(other);
            }
            try
            {
                return systemCalls();
            }
            finally
            {
                if (Libc.SetNamespace(own, Libc.CloneNewNet) != 0)
                {
                    // What this thread would do next, it would do in a guest's network.
                    Environment.FailFast($"Cannot return from network namespace {path}.");
                }
            }
        }
        finally
        {
            _ = Libc.Close(own);
        }
    }
}
