using System.Runtime.InteropServices;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Edge;

/// <summary>
/// The process that Neutron's monitor takes for haproxy: it sleeps, in the namespace, under a name that has <c>haproxy</c>
/// and the uuid in it, and ends by SIGTERM (spec/neutron-metadata.md §1.6). It is coreutils' sleep, 0.1 MB.
/// </summary>
static partial class Placeholder
{
    const string Program = "/bin/sleep";

    // spawn.h of glibc.
    const short SetSession = 0x80;

    /// <summary>More than sizeof(posix_spawnattr_t), 336 octets, and sizeof(posix_spawn_file_actions_t), 80.</summary>
    const int OpaqueSize = 512;

    /// <summary>Starts it in a session of its own, so that it outlives this process and its terminal.</summary>
    /// <param name="name">Its first argument, where a program's name is.</param>
    /// <returns>Its process id.</returns>
    /// <exception cref="EdgeException">The system refused.</exception>
    public static unsafe int Start(string name)
    {
        var attributes = stackalloc byte[OpaqueSize];
        var actions = stackalloc byte[OpaqueSize];
        Check(InitializeAttributes(attributes));
        Check(SetFlags(attributes, SetSession));
        Check(InitializeActions(actions));
        // Not the caller's terminal or pipes: whoever reads those waits until all who have them are gone.
        for (var descriptor = 0; descriptor < 3; descriptor++)
        {
            Check(AddOpen(actions, descriptor, "/dev/null", descriptor == 0 ? 0 : 1, 0));
        }
        var arguments = stackalloc nint[3];
        var environment = stackalloc nint[1];
        arguments[0] = Marshal.StringToCoTaskMemUTF8(name);
        arguments[1] = Marshal.StringToCoTaskMemUTF8("infinity");
        try
        {
            Check(Spawn(out var process, Program, actions, attributes, arguments, environment));
            return process;
        }
        finally
        {
            Marshal.FreeCoTaskMem(arguments[0]);
            Marshal.FreeCoTaskMem(arguments[1]);
            _ = DestroyActions(actions);
            _ = DestroyAttributes(attributes);
        }
    }

    /// <summary>The process, if root started it in haproxy's place; absent otherwise. Whoever is not root cannot make such a one.</summary>
    public static Lookup<int> Find(int process) =>
        ProcessTable
            .ReadUser(process)
            .Then(user => user == 0 ? ProcessTable.ReadCommandLine(process) : Lookup.Absent<string[]>())
            .Then(arguments =>
                arguments[0].StartsWith(HaproxyDropIn.NamePrefix, StringComparison.Ordinal)
                    ? Lookup.Found(process)
                    : Lookup.Absent<int>()
            );

    static void Check(int error)
    {
        if (error != 0)
        {
            throw new EdgeException($"{Program} did not start: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static unsafe partial int InitializeAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static unsafe partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static unsafe partial int DestroyAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static unsafe partial int InitializeActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int AddOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static unsafe partial int DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Spawn(
        out int process,
        string path,
        byte* actions,
        byte* attributes,
        nint* arguments,
        nint* environment
    );
}
