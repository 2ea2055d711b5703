using System.Globalization;
using System.Text;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>A pipe that a process writes lines to.</summary>
sealed class ChildOutput : IPollable, IDisposable
{
    /// <summary>Longest piece of a line that is told: log volume does not follow what a guest sends (OSSA-2012-003).</summary>
    const int LongestLine = 512;

    readonly EventLoop _loop;
    readonly Action<string> _heard;
    readonly Descriptor _ours;
    readonly Descriptor _theirs;
    ulong _number;

    // As _line.
    bool _isStopped;

    /// <summary>Begun and not yet ended, as much of it as is told. Used by the loop's thread only.</summary>
    byte[] _line = [];

    /// <param name="loop">Whose thread reads.</param>
    /// <param name="heard">Called with each line that is not blank.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The system refused.</exception>
    public ChildOutput(EventLoop loop, Action<string> heard)
    {
        Span<int> ends = stackalloc int[2];
        // Not blocking is our end alone: the process opens its own by the path.
        NetworkNamespace.Checked(Libc.Pipe(ends, Libc.CloseOnExec | Libc.NonBlocking), "pipe2");
        (_loop, _heard, _ours, _theirs) = (loop, heard, new(ends[0]), new(ends[1]));
        Path = string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{ends[1]}");
    }

    /// <summary>The end to write to, as a file; there until <see cref="CloseTheirs"/>.</summary>
    public string Path { get; }

    /// <summary>Begins to read.</summary>
    public void Start() => _loop.Add(_ours, PollEvents.Readable, this, out _number);

    public void CloseTheirs() => _theirs.Dispose();

    void IPollable.OnReady(EventLoop loop, PollEvents events) => ReadAll();

    /// <summary>A line was not told; the next one may be.</summary>
    void IPollable.Failed() { }

    /// <summary>Tells what is there. On the loop's thread.</summary>
    public void ReadAll()
    {
        Span<byte> buffer = stackalloc byte[4096];
        nint count;
        while ((count = Libc.Read(_ours, ref buffer[0], buffer.Length)) > 0)
        {
            Take(buffer[..(int)count]);
        }
        if (count == 0)
        {
            // Nobody has the other end any more.
            Stop();
        }
    }

    /// <summary>Reads no more, and tells the line that has no end. On the loop's thread.</summary>
    public void Stop()
    {
        if (_isStopped)
        {
            return;
        }
        _isStopped = true;
        _loop.Remove(_ours, _number);
        Take("\n"u8);
    }

    void Take(ReadOnlySpan<byte> bytes)
    {
        for (int end; (end = bytes.IndexOf((byte)'\n')) >= 0; bytes = bytes[(end + 1)..])
        {
            Keep(bytes[..end]);
            var line = Encoding.UTF8.GetString(_line);
            _line = [];
            if (!string.IsNullOrWhiteSpace(line))
            {
                _heard(line);
            }
        }
        Keep(bytes);
    }

    void Keep(ReadOnlySpan<byte> bytes)
    {
        var room = LongestLine - _line.Length;
        if (room > 0 && !bytes.IsEmpty)
        {
            _line = [.. _line, .. bytes[..Math.Min(room, bytes.Length)]];
        }
    }

    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
    }
}
