using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>
/// A process of ours, what it says and its end. With the framework's own streams and waits it would cost 30 KiB and, for each 63 of them, a
/// thread; a host has as many as networks, and they hardly ever say anything.
/// </summary>
sealed class ChildProcess : IPollable, IDisposable
{
    /// <summary>
    /// Gives both outputs to the file that is named first, and becomes the program that follows. Nothing of it is read by the shell.
    /// </summary>
    static readonly string[] IntoFile = ["-c", """exec "$@" >"$0" 2>&1 </dev/null"""];

    readonly Process _process;
    readonly ChildOutput _output;
    readonly TaskCompletionSource<int> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Set once, before the loop tells of it.
    Descriptor? _end;
    ulong _number;

    ChildProcess(Process process, ChildOutput output)
    {
        (_process, _output, Id) = (process, output, process.Id);
    }

    public int Id { get; }

    /// <summary>Its exit code; 128 and N after signal N, as shells have it. All that it has said was told before.</summary>
    public Task<int> Ended => _ended.Task;

    /// <summary>
    /// Starts a program without input, in the root folder, and with nothing of this process's environment but its search path: settings may
    /// come by that, secrets among them, and children run as other users. It dies with the calling thread if it asks for that.
    /// </summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="loop">Tells of it.</param>
    /// <param name="heard">Called on the loop's thread with each line that it writes to either output.</param>
    /// <exception cref="EdgeException">The system refused.</exception>
    public static ChildProcess Start(Command command, EventLoop loop, Action<string> heard)
    {
        var program = Executables.Find(command.Program);
        var process = new Process();
        ChildOutput? output = null;
        try
        {
            output = new ChildOutput(loop, heard);
            process.StartInfo = new("/bin/sh", [.. IntoFile, output.Path, program, .. command.Arguments])
            {
                UseShellExecute = false,
                WorkingDirectory = "/",
            };
            var environment = process.StartInfo.Environment;
            environment.Clear();
            environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
            process.Start();
            // Kept as long as the process otherwise.
            process.StartInfo.ArgumentList.Clear();
            var child = new ChildProcess(process, output);
            child.Watch(loop);
            return child;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            output?.Dispose();
            EndUnwatched(process);
            throw new EdgeException($"{command.Program} did not start: {e.Message}", e);
        }
    }

    void Watch(EventLoop loop)
    {
        var end = Libc.OpenProcess(Id);
        if (end < 0 && Marshal.GetLastPInvokeError() == Libc.NoSuchProcess)
        {
            // It has ended already, and the framework has been told.
            TellEnd();
            return;
        }
        _end = Descriptor.Checked(end, "pidfd_open");
        // In this order: at its end nothing more is read.
        _output.Start();
        loop.Add(_end, PollEvents.Readable, this, out _number);
    }

    /// <summary>What nobody would hear of must not go on.</summary>
    static void EndUnwatched(Process process)
    {
        using (process)
        {
            try
            {
                process.Kill();
            }
            catch (InvalidOperationException)
            {
                // It was never started.
            }
        }
    }

    /// <summary>The process has begun for certain, so nobody but it needs its end of the pipe.</summary>
    public void HasBegun() => _output.CloseTheirs();

    void IPollable.OnReady(EventLoop loop, PollEvents events)
    {
        loop.Remove(_end!, _number);
        TellEnd();
    }

    /// <summary>Its end was seen and could not be read; nobody may go on waiting for it.</summary>
    void IPollable.Failed() => _ended.TrySetException(new EdgeException("its end could not be read"));

    void TellEnd()
    {
        _output.ReadAll();
        _output.Stop();
        // The kernel has told of its end, so this does not wait.
        _process.WaitForExit();
        _ended.TrySetResult(_process.ExitCode);
    }

    /// <summary>When it has ended.</summary>
    public void Dispose()
    {
        _output.Dispose();
        _end?.Dispose();
        _process.Dispose();
    }
}
