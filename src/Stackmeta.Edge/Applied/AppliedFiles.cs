using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>What packets obey now, as another process that provides the networks tells in files.</summary>
/// <param name="runDirectory">Of that process; need not be there.</param>
/// <remarks>A file that is not there tells that the network is not provided here; one that cannot be read tells nothing new.</remarks>
public sealed class AppliedFiles(string runDirectory, TimeProvider time, ILogger<AppliedFiles> logger) : IAppliedState
{
    /// <summary>Files tell nobody that they change; who waits looks again.</summary>
    static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

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

    /// <summary>A look at the file's identity each time, which costs about a microsecond; the file itself is read once for each.</summary>
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
            last = kept[id] = new(pathOf(runDirectory, id), nothing, default, IsFailing: false);
        }
        var identity = Libc.IdentityOf(last.Path, out var isMissing);
        if (isMissing)
        {
            if (last.Identity != default || last.IsFailing)
            {
                kept[id] = new(last.Path, nothing, default, IsFailing: false);
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
            var value = parse(File.ReadAllBytes(last.Path));
            // Replaced since it was looked at, it is read once more the next time.
            kept[id] = new(last.Path, value, identity.Value, IsFailing: false);
            return value;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            if (!last.IsFailing)
            {
                Log.AppliedNotReadable(logger, last.Path, e.Message);
                kept[id] = last with { IsFailing = true };
            }
            return last.Value;
        }
    }

    /// <param name="Value">What was read last; nothing when it could never be read.</param>
    sealed record Kept<T>(string Path, T Value, FileIdentity Identity, bool IsFailing);
}
