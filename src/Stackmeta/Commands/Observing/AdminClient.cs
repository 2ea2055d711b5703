using System.Net.Sockets;
using System.Text.Json;
using Stackmeta.Core.Logging;

namespace Stackmeta;

/// <summary>Asks the admin sockets of the processes that run on a data folder: one for all hops, or one for each hop.</summary>
sealed class AdminClient : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    readonly HttpClient _http;

    AdminClient(string socket)
    {
        Socket = socket;
        _http = new(
            new SocketsHttpHandler
            {
                UseProxy = false,
                ConnectTimeout = Patience,
                ConnectCallback = (_, cancellationToken) => ConnectAsync(socket, cancellationToken),
            }
        )
        {
            BaseAddress = new("http://stackmeta"),
        };
    }

    /// <summary>The socket's path.</summary>
    public string Socket { get; }

    /// <summary>Those that answer, by the name of their sockets.</summary>
    /// <param name="notes">Told of processes that are dead: what they knew is missing in what is shown.</param>
    /// <exception cref="CommandException">None does.</exception>
    public static async Task<IReadOnlyList<AdminClient>> FindAsync(
        SettingValues settings,
        TextWriter? notes,
        CancellationToken cancellationToken
    )
    {
        var (living, dead, trouble) = await LookAsync(settings, cancellationToken);
        if (living.Count == 0)
        {
            throw None(settings, dead, trouble);
        }
        foreach (var process in dead)
        {
            notes?.WriteLine($"stackmeta: {process.Sentence}");
        }
        return living;
    }

    /// <summary>Why nobody can be asked.</summary>
    public static CommandException None(SettingValues settings, IReadOnlyList<DeadProcess> dead, string trouble) =>
        new(
            dead.Count > 0
                ? string.Join(Environment.NewLine + "stackmeta: ", dead.Select(static process => process.Sentence))
                : $"No running stackmeta answers for {DataFolder.Of(settings).Path}.{trouble} Start one, or name its folder with --data or its socket with --set admin.listen=PATH."
        );

    /// <summary>Those that are dead.</summary>
    public static async Task<IReadOnlyList<DeadProcess>> FindDeadAsync(
        SettingValues settings,
        CancellationToken cancellationToken
    )
    {
        var (living, dead, _) = await LookAsync(settings, cancellationToken);
        foreach (var client in living)
        {
            client.Dispose();
        }
        return dead;
    }

    /// <summary>The processes of a data folder: those that answer, those that are dead, and why others cannot be asked.</summary>
    public static async Task<(
        IReadOnlyList<AdminClient> Living,
        IReadOnlyList<DeadProcess> Dead,
        string Trouble
    )> LookAsync(SettingValues settings, CancellationToken cancellationToken)
    {
        var folder = DataFolder.Of(settings);
        IEnumerable<string> paths = settings.Get(KnownSettings.AdminListen) is { Length: > 0 } set
            ? [set]
            :
            [
                .. folder
                    .AdminFolders.Where(Directory.Exists)
                    .SelectMany(static place => Directory.EnumerateFiles(place, "admin*.sock").Order()),
            ];
        var living = new List<AdminClient>();
        var dead = new List<DeadProcess>();
        var trouble = "";
        foreach (var path in paths)
        {
            try
            {
                (await ConnectAsync(path, cancellationToken)).Dispose();
                living.Add(new AdminClient(path));
            }
            // What is no socket is refused as a dead one is.
            catch (SocketException e)
                when (e.SocketErrorCode == SocketError.ConnectionRefused && FileKind.IsSocket(path))
            {
                dead.Add(DeadProcess.At(path));
            }
            catch (Exception e) when (e is SocketException or ArgumentException)
            {
                trouble =
                    e is SocketException ? $" {path}: {e.Message}." : $" {path}: The path is too long for a socket.";
            }
        }
        return (living, dead, trouble);
    }

    /// <summary>A JSON document; its status may be any.</summary>
    /// <exception cref="CommandException">The process does not answer, or not with JSON.</exception>
    public async Task<JsonElement> GetJsonAsync(string target, CancellationToken cancellationToken)
    {
        var text = await GetTextAsync(target, cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new CommandException($"{Socket} does not answer {target} with JSON: is it another program's?");
        }
    }

    /// <exception cref="CommandException">The process does not answer.</exception>
    public async Task<string> GetTextAsync(string target, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using var answer = await _http.GetAsync(target, limit.Token);
            return await answer.Content.ReadAsStringAsync(limit.Token);
        }
        catch (Exception e)
            when (e is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new CommandException($"{Socket} does not answer: {SystemReason.Of(e)}.");
        }
    }

    /// <summary>Lines of JSON as they come, until the process ends or the token fires.</summary>
    public async IAsyncEnumerable<JsonElement> FollowAsync(
        string target,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var answer = await _http.GetAsync(target, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        while (await ReadLineAsync(reader, cancellationToken) is { } line)
        {
            using var document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }
    }

    public void Dispose() => _http.Dispose();

    static async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (IOException)
        {
            // The process has ended.
            return null;
        }
    }

    static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
