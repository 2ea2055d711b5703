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
    /// <exception cref="CommandException">None does.</exception>
    public static async Task<IReadOnlyList<AdminClient>> FindAsync(
        SettingValues settings,
        CancellationToken cancellationToken
    )
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
        var trouble = "";
        foreach (var path in paths)
        {
            try
            {
                (await ConnectAsync(path, cancellationToken)).Dispose();
                living.Add(new AdminClient(path));
            }
            catch (Exception e) when (e is SocketException or ArgumentException)
            {
                trouble =
                    e is SocketException ? $" {path}: {e.Message}." : $" {path}: The path is too long for a socket.";
            }
        }
        return living.Count > 0
            ? living
            : throw new CommandException(
                $"No running stackmeta answers for {folder.Path}.{trouble} Start one, or name its folder with --data or its socket with --set admin.listen=PATH."
            );
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
