using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Stackmeta.Edge;

/// <summary>What packets obey now, as another process that provides the networks tells in files.</summary>
/// <param name="runDirectory">Of that process; need not be there.</param>
/// <remarks>A file that is not there tells that the network is not provided here; one that cannot be read tells nothing new.</remarks>
public sealed class AppliedFiles(string runDirectory, TimeProvider time, ILogger<AppliedFiles> logger) : IAppliedState
{
    /// <summary>Files tell nobody that they change; who waits looks again.</summary>
    static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Files that are kept open; descriptors are for connections. Of further ones the path is looked at.</summary>
    const int MostOpen = 256;

    // By Interlocked.
    int _open;

    readonly ConcurrentDictionary<Guid, Kept<AppliedNetwork>> _networks = new();
    readonly ConcurrentDictionary<Guid, Kept<AppliedRouter>> _routers = new();

    public Task NextChange => Task.Delay(LookInterval, time);

    public AppliedNetwork? FindNetwork(Guid id) =>
        Find(
            _networks,
            id,
            static (directory, id) => RunDirectory.FilesIn(directory, id).Applied,
            AppliedFile.ReadNetwork,
            AppliedNetwork.Nothing
        );

    public AppliedRouter? FindRouter(Guid id) =>
        Find(
            _routers,
            id,
            static (directory, id) => RunDirectory.RouterFilesIn(directory, id).Applied,
            AppliedFile.ReadRouter,
            AppliedRouter.Nothing
        );

    /// <summary>
    /// A look at the file's identity each time, which costs less than a microsecond while it is kept open; the file itself is read once for
    /// each.
    /// </summary>
    T? Find<T>(
        ConcurrentDictionary<Guid, Kept<T>> kept,
        Guid id,
        Func<string, Guid, string> pathOf,
        Func<byte[], T> parse,
        T nothing
    )
        where T : class
    {
        if (!kept.TryGetValue(id, out var last))
        {
            // Also of a network that is not provided here, so that its path is not made anew for each request.
            last = kept.GetOrAdd(id, new Kept<T>(pathOf(runDirectory, id), nothing, default, null, IsFailing: false));
        }
        if (last.File is { } file && Libc.IdentityOf(file) is { } same && same == last.Identity)
        {
            return last.Value;
        }
        var identity = Libc.IdentityOf(last.Path, out var isMissing);
        if (isMissing)
        {
            if (last.Identity != default || last.IsFailing)
            {
                Replace(kept, id, last, new(last.Path, nothing, default, null, IsFailing: false));
            }
            return null;
        }
        if (identity is { } known && known == last.Identity)
        {
            return last.Value;
        }
        try
        {
            if (identity is null)
            {
                throw new IOException("Its state cannot be asked for.");
            }
            return ReadAnew(kept, id, last, parse);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            if (!last.IsFailing)
            {
                Log.AppliedNotReadable(logger, last.Path, e.Message);
                Replace(kept, id, last, last with { File = null, IsFailing = true });
            }
            return last.Value;
        }
    }

    T ReadAnew<T>(ConcurrentDictionary<Guid, Kept<T>> kept, Guid id, Kept<T> last, Func<byte[], T> parse)
        where T : class
    {
        var file = File.OpenHandle(last.Path);
        var isKept = false;
        try
        {
            // Before it is read: replaced since then, it is read once more the next time.
            var identity = Libc.IdentityOf(file);
            var value = parse(ReadAll(file));
            isKept = identity is not null && TryCountOpen();
            Replace(kept, id, last, new(last.Path, value, identity ?? default, isKept ? file : null, IsFailing: false));
            return value;
        }
        finally
        {
            if (!isKept)
            {
                file.Dispose();
            }
        }
    }

    static byte[] ReadAll(SafeFileHandle file)
    {
        var bytes = new byte[RandomAccess.GetLength(file)];
        var length = 0;
        while (length < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(length), length) is > 0 and var count)
        {
            length += count;
        }
        return bytes[..length];
    }

    bool TryCountOpen()
    {
        if (Interlocked.Increment(ref _open) <= MostOpen)
        {
            return true;
        }
        Interlocked.Decrement(ref _open);
        return false;
    }

    void Replace<T>(ConcurrentDictionary<Guid, Kept<T>> kept, Guid id, Kept<T> last, Kept<T> next)
        where T : class
    {
        if (kept.TryUpdate(id, next, last))
        {
            Close(last.File);
        }
        else
        {
            // Another request has read it at the same time.
            Close(next.File);
        }
    }

    void Close(SafeFileHandle? file)
    {
        if (file is not null)
        {
            file.Dispose();
            Interlocked.Decrement(ref _open);
        }
    }

    /// <param name="Value">What was read last; nothing when it could never be read.</param>
    /// <param name="File">What it was read from; null when it is not kept open.</param>
    sealed record Kept<T>(string Path, T Value, FileIdentity Identity, SafeFileHandle? File, bool IsFailing);
}
