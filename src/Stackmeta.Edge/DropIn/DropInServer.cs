using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>
/// The edge's side of <see cref="HaproxyDropIn"/>: listens in the namespaces that drop-ins tell of, as long as their
/// placeholders live. What it was told lies in files, so that an edge that is restarted goes on with all of them.
/// </summary>
/// <param name="directory">Where its socket and those files are; made if it is not there, for this user alone.</param>
public sealed class DropInServer(
    string directory,
    NamespaceListeners listeners,
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
    readonly SemaphoreSlim _gate = new(1);

    /// <summary>The socket for <see cref="HaproxyDropIn.RunAsync"/>.</summary>
    public string SocketPath => SocketIn(directory);

    /// <summary>The socket of the server of a directory.</summary>
    public static string SocketIn(string directory) => Path.Combine(directory, "haproxy.sock");

    /// <summary>Goes on with what an earlier edge was told, then takes what is told, until cancelled.</summary>
    /// <exception cref="EdgeException">The socket cannot be had.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var socket = Open();
        await ResumeAsync();
        await Task.WhenAll(AcceptAllAsync(socket, cancellationToken), FollowPlaceholdersAsync(cancellationToken));
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

    async Task ResumeAsync()
    {
        foreach (var path in Directory.EnumerateFiles(directory, "*.json"))
        {
            if (await ReadRecordAsync(path) is not { IsAlive: true } message)
            {
                File.Delete(path);
                continue;
            }
            try
            {
                await ServeAsync(message);
            }
            catch (EdgeException e)
            {
                Log.DropInRefused(logger, e.Message);
            }
        }
    }

    static async Task<DropInMessage?> ReadRecordAsync(string path)
    {
        try
        {
            return DropInMessage.Parse(await File.ReadAllTextAsync(path));
        }
        catch (EdgeException)
        {
            // Cut short by a crash: Neutron's monitor starts its process again.
            return null;
        }
    }

    async Task AcceptAllAsync(Socket listening, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                using var connection = await listening.AcceptAsync(cancellationToken);
                await AnswerAsync(connection, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // The normal end.
            }
            catch (SocketException e)
            {
                Log.DropInsNotTold(logger, SocketPath, e.SocketErrorCode);
                await Task.Delay(AcceptPause, time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
            var answer = "";
            try
            {
                var message = DropInMessage.Parse(line);
                await ServeAsync(message);
            }
            catch (EdgeException e)
            {
                Log.DropInRefused(logger, e.Message);
                answer = e.Message.ReplaceLineEndings(" ");
            }
            await stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\n"), patience.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Who asked has gone away, or says nothing.
            Log.DropInRefused(logger, e.Message);
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
            await listeners.AddAsync(served);
            _served[served.Scope] = message;
            await File.WriteAllTextAsync(RecordOf(message), message.ToLine());
        }
        finally
        {
            _gate.Release();
        }
    }

    async Task FollowPlaceholdersAsync(CancellationToken cancellationToken)
    {
        // Neutron ends its process, then deletes the namespace, which stays as long as anybody listens there.
        Directory.CreateDirectory(NetworkNamespace.Directory);
        using var watcher = new FileSystemWatcher(NetworkNamespace.Directory) { NotifyFilter = NotifyFilters.FileName };
        var looks = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
        );
        watcher.Deleted += (_, _) => looks.Writer.TryWrite(true);
        watcher.EnableRaisingEvents = true;
        await using var timer = time.CreateTimer(_ => looks.Writer.TryWrite(true), null, LivenessPoll, LivenessPoll);
        try
        {
            await foreach (var _ in looks.Reader.ReadAllAsync(cancellationToken))
            {
                await LetGoAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The normal end: the placeholders live on, and so do the records.
        }
    }

    async Task LetGoAsync()
    {
        await _gate.WaitAsync();
        try
        {
            foreach (var (scope, message) in _served.Where(entry => !entry.Value.IsAlive).ToList())
            {
                _served.Remove(scope);
                await listeners.RemoveAsync(message.ToServed().Name);
                File.Delete(RecordOf(message));
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    string RecordOf(DropInMessage message) => Path.Combine(directory, $"{message.Kind}-{message.Id}.json");

    public void Dispose() => _gate.Dispose();
}
