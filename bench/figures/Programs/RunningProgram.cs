using System.Collections.Concurrent;
using System.Diagnostics;
using Stackmeta.Bench.Load;

namespace Stackmeta.Bench.Figures;

/// <summary>A server that a bench has started and ends.</summary>
sealed class RunningProgram : IDisposable
{
    static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(10);
    static readonly TimeSpan StopPatience = TimeSpan.FromMinutes(3);

    readonly Process _process;
    readonly ConcurrentQueue<string> _said = new();
    readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    RunningProgram(string program, IEnumerable<string> arguments, string? readyLine)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
            EnableRaisingEvents = true,
        };
        _process.OutputDataReceived += (_, line) => Take(line.Data, readyLine);
        _process.ErrorDataReceived += (_, line) => Take(line.Data, readyLine);
        _process.Exited += (_, _) =>
            _ready.TrySetException(new InvalidOperationException($"{program} ended: {string.Join('\n', _said)}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Starts it and returns when it has said that it is ready, or at once.</summary>
    public static RunningProgram Start(string program, IEnumerable<string> arguments, string? readyLine = null)
    {
        var running = new RunningProgram(program, arguments, readyLine);
        try
        {
            if (readyLine is not null)
            {
                running._ready.Task.WaitAsync(StartPatience).GetAwaiter().GetResult();
            }
            return running;
        }
        catch
        {
            running.Dispose();
            throw;
        }
    }

    public ProcessGroup Group(string name) => new(name, [Id]);

    void Take(string? line, string? readyLine)
    {
        if (line is null)
        {
            return;
        }
        _said.Enqueue(line);
        if (line == readyLine)
        {
            _ready.TrySetResult();
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            kill.WaitForExit();
            if (!_process.WaitForExit(StopPatience))
            {
                _process.Kill();
                _process.WaitForExit();
            }
        }
        _process.Dispose();
    }
}
