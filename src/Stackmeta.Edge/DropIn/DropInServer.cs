using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Supervision;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>
/// The edge's side of <see cref="HaproxyDropIn"/>: listens in the namespaces that drop-ins tell of, as long as their
/// placeholders live. What it was told lies in files, so that an edge that is restarted goes on with all of them. A placeholder
/// that could not be looked at counts as alive, and a namespace that could not be listened in is tried again.
/// </summary>
/// <param name="directory">Where its socket and those files are; made if it is not there, for this user alone.</param>
public sealed class DropInServer(
    string directory,
    NamespaceListeners listeners,
    Supervisor supervisor,
    TimeProvider time,
    ILogger<DropInServer> logger
) : IDisposable
{
    /// <summary>How soon after its placeholder's end a namespace is let go. Neutron waits up to 5 s for that end, not for this.</summary>
    static readonly TimeSpan LivenessPoll = TimeSpan.FromSeconds(1);
    static readonly TimeSpan MessagePatience = TimeSpan.FromSeconds(5);

    /// <summary>After an accept that failed for want of descriptors or memory.</summary>
    static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(50);

    /// <summary>By network or router: the last drop-in told of it counts. Read and written under the gate, as are the records.</summary>
    readonly Dictionary<EdgeScope, DropInMessage> _served = [];

    /// <summary>Records of an earlier edge that could not be taken up yet. Under the gate.</summary>
    readonly HashSet<string> _unread = new(StringComparer.Ordinal);
    readonly SemaphoreSlim _gate = new(1);

    readonly LogThrottle _refusals = new(time);
    readonly LogThrottle _unknown = new(time);
    readonly LogThrottle _unreadable = new(time);
    readonly LogThrottle<SocketError> _accepts = new(time);

    /// <summary>The socket for <see cref="HaproxyDropIn.RunAsync"/>.</summary>
    public string SocketPath => SocketIn(directory);

    /// <summary>The socket of the server of a directory.</summary>
    public static string SocketIn(string directory) => Path.Combine(directory, "haproxy.sock");

    /// <summary>Goes on with what an earlier edge was told, then takes what is told, until cancelled.</summary>
    /// <exception cref="EdgeException">The socket cannot be had.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var socket = Open();
        await FindRecordsAsync();
        await Task.WhenAll(
            supervisor.RunAsync("drop-in requests", stop => AcceptAllAsync(socket, stop), cancellationToken),
            supervisor.RunAsync("drop-in placeholders", FollowPlaceholdersAsync, cancellationToken)
        );
        File.Delete(SocketPath);
    }

    Socket Open()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // Who may connect may have the edge listen anywhere: the directory lets nobody else pass.
            Directory.CreateDirectory(
                directory,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
            File.Delete(SocketPath);
            socket.Bind(new UnixDomainSocketEndPoint(SocketPath));
            File.SetUnixFileMode(SocketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen();
            return socket;
        }
        catch (Exception e)
            when (e is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            socket.Dispose();
            throw new EdgeException($"The socket {SocketPath} cannot be had: {e.Message}", e);
        }
    }

    /// <exception cref="EdgeException">The directory cannot be read.</exception>
    async Task FindRecordsAsync()
    {
        var paths = FileLookup.Files(directory, "*.json");
        if (paths.IsUnknown)
        {
            throw new EdgeException($"The records in {directory} cannot be read: {paths.Reason}");
        }
        _unread.UnionWith(paths.OrDefault() ?? []);
        await ResumeAsync();
    }

    /// <summary>Takes up what an earlier edge was told and this one could not take up before.</summary>
    async Task ResumeAsync()
    {
        foreach (var path in _unread.ToList())
        {
            var text = FileLookup.ReadText(path);
            if (text.IsUnknown)
            {
                if (_unreadable.MayWrite(out var suppressed))
                {
                    Log.RecordUnreadable(logger, path, text.Reason!, suppressed);
                }
                continue;
            }
            _unread.Remove(path);
            if (Parse(text) is { } message)
            {
                // Whether its placeholder lives is looked at as for all others.
                _served.TryAdd(message.ToServed().Scope, message);
            }
            else
            {
                File.Delete(path);
            }
        }
        await LookAsync();
    }

    static DropInMessage? Parse(Lookup<string> text)
    {
        try
        {
            return text.IsFound(out var line) ? DropInMessage.Parse(line) : null;
        }
        catch (EdgeException)
        {
            // Cut short by a crash of an older version: Neutron's monitor starts its process again.
            return null;
        }
    }

    async Task AcceptAllAsync(Socket listening, CancellationToken cancellationToken)
    {
        using var acceptor = new UnixAcceptor(listening, supervisor);
        while (true)
        {
            try
            {
                using var connection = await acceptor.AcceptAsync(cancellationToken);
                await AnswerAsync(connection, cancellationToken);
            }
            catch (SocketException e)
            {
                if (_accepts.MayWrite(e.SocketErrorCode, out var suppressed))
                {
                    Log.DropInsNotTold(logger, SocketPath, e.SocketErrorCode, suppressed);
                }
                await Task.Delay(AcceptPause, time, cancellationToken);
            }
        }
    }

    async Task AnswerAsync(Socket connection, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(MessagePatience);
        try
        {
            await using var stream = new NetworkStream(connection);
            using var reader = new StreamReader(stream);
            var line = await reader.ReadLineAsync(patience.Token) ?? "";
            await stream.WriteAsync(Encoding.UTF8.GetBytes(await ServeAsync(line) + "\n"), patience.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Who asked has gone away, or says nothing.
            Refuse(e.Message);
        }
    }

    /// <returns>The answer: empty, or why not.</returns>
    async Task<string> ServeAsync(string line)
    {
        try
        {
            await ServeAsync(DropInMessage.Parse(line));
            return "";
        }
        catch (Exception e) when (e is EdgeException or IOException or UnauthorizedAccessException)
        {
            Refuse(e.Message);
            return e.Message.ReplaceLineEndings(" ");
        }
    }

    void Refuse(string reason)
    {
        if (_refusals.MayWrite(out var suppressed))
        {
            Log.DropInRefused(logger, reason, suppressed);
        }
    }

    async Task ServeAsync(DropInMessage message)
    {
        await _gate.WaitAsync();
        try
        {
            var served = message.ToServed();
            if (_served.Remove(served.Scope, out var before))
            {
                await listeners.RemoveAsync(before.ToServed().Name);
            }
            // Before it is listened, so that nothing is served that a later edge would not know of.
            await TextFile.ReplaceAsync(RecordOf(message), message.ToLine(), CancellationToken.None);
            _unread.Remove(RecordOf(message));
            try
            {
                await listeners.AddAsync(served);
            }
            catch
            {
                File.Delete(RecordOf(message));
                throw;
            }
            _served[served.Scope] = message;
        }
        finally
        {
            _gate.Release();
        }
    }

    async Task FollowPlaceholdersAsync(CancellationToken cancellationToken)
    {
        var looks = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
        );
        // Neutron ends its process, then deletes the namespace, which stays as long as anybody listens there.
        using var events = new NamespaceEvents(null, _ => looks.Writer.TryWrite(true), logger);
        await using var timer = time.CreateTimer(_ => looks.Writer.TryWrite(true), null, LivenessPoll, LivenessPoll);
        await foreach (var _ in looks.Reader.ReadAllAsync(cancellationToken))
        {
            // What it may have missed meanwhile is looked at now in any case.
            events.Renew();
            await _gate.WaitAsync(cancellationToken);
            try
            {
                await ResumeAsync();
            }
            finally
            {
                _gate.Release();
            }
        }
    }

    /// <summary>Lets go what has lost its placeholder, and listens where it could not before.</summary>
    async Task LookAsync()
    {
        var present = listeners.Namespaces.ToHashSet(StringComparer.Ordinal);
        foreach (var (scope, message) in _served.ToList())
        {
            var served = message.ToServed();
            var placeholder = message.FindPlaceholder();
            if (placeholder.IsAbsent)
            {
                _served.Remove(scope);
                await listeners.RemoveAsync(served.Name);
                File.Delete(RecordOf(message));
            }
            else if (placeholder.IsUnknown)
            {
                if (_unknown.MayWrite(out var suppressed))
                {
                    Log.PlaceholderUnknown(logger, message.Process, placeholder.Reason!, suppressed);
                }
            }
            else if (!present.Contains(served.Name))
            {
                await TryListenAsync(served);
            }
        }
    }

    async Task TryListenAsync(ServedNamespace served)
    {
        try
        {
            await listeners.AddAsync(served);
        }
        catch (EdgeException e)
        {
            Refuse(e.Message);
        }
    }

    string RecordOf(DropInMessage message) => Path.Combine(directory, $"{message.Kind}-{message.Id}.json");

    public void Dispose() => _gate.Dispose();
}
