using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Stackmeta.Bench.Load;

/// <summary>A network namespace that connections are made in. An open one keeps the namespace alive.</summary>
public sealed class NamespaceHandle : IDisposable
{
    readonly int _descriptor;

    NamespaceHandle(int descriptor) => _descriptor = descriptor;

    /// <summary>Opens a namespace of <c>ip netns</c>.</summary>
    public static NamespaceHandle Open(string name) => OpenFile($"/run/netns/{name}");

    /// <summary>The namespace that this program runs in.</summary>
    public static NamespaceHandle Own() => OpenFile("/proc/self/ns/net");

    static NamespaceHandle OpenFile(string path)
    {
        var descriptor = Libc.Open(path, Libc.SockCloseOnExec);
        return descriptor >= 0 ? new(descriptor) : throw new Win32Exception(Marshal.GetLastPInvokeError(), path);
    }

    /// <summary>Moves the calling thread; sockets that it makes from now on belong there.</summary>
    internal void Enter()
    {
        if (Libc.EnterNamespace(_descriptor, Libc.CloneNewNet) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "setns");
        }
    }

    public void Dispose() => _ = Libc.Close(_descriptor);
}
