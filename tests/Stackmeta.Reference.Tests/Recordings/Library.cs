using System.Collections.Immutable;

namespace Stackmeta.Reference.Tests;

/// <summary>All recordings, and what the judge must know across them.</summary>
sealed class Library
{
    readonly Dictionary<(string Uuid, string Method, string Path), Answer> _crawled = [];
    readonly Dictionary<string, HashSet<(int, string)>> _healthy = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _cells = new(StringComparer.Ordinal);

    Library(ImmutableArray<Recording> all)
    {
        All = all;
        foreach (var recording in all.Where(recording => !recording.IsVariant && !recording.IsOtherServer))
        {
            Learn(recording);
        }
    }

    public static Library Instance { get; } =
        new([
            .. Directory
                .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "data", "open"), "*.json.gz")
                .Order(StringComparer.Ordinal)
                .SelectMany(file => Recording.Read(file)),
        ]);

    public ImmutableArray<Recording> All { get; }

    /// <summary>The page that says that a password is set already.</summary>
    public byte[] ConflictPage { get; private set; } = [];

    public string CellOf(Recording recording) => _cells.GetValueOrDefault(recording.Uuid, "cell1");

    /// <summary>What instances that do not fail were given for a request: status and content types.</summary>
    public IReadOnlySet<(int, string)> Healthy(RecordedRequest request)
    {
        var answers = new HashSet<(int, string)>(_healthy.GetValueOrDefault(request.Twin) ?? []);
        // Any method is answered as GET is, but for passwords.
        if (request.Method != "GET" && request.Changes.IsEmpty && !request.Path.Contains("password"))
        {
            answers.UnionWith(_healthy.GetValueOrDefault(RecordedRequest.TwinOf("GET", request.Path, "", "")) ?? []);
        }
        return answers;
    }

    /// <summary>What Nova's usual server answered to the same request for the same instance; null when it was not asked.</summary>
    public Answer? OfUsualServer(Recording recording, RecordedRequest request) =>
        request.Changes.IsEmpty && request.Body is null && request.Raw is null
            ? _crawled.GetValueOrDefault((recording.Uuid, request.Method, request.Path))
            : null;

    /// <summary>What Nova answered to a request in the usual form; null when it was not asked.</summary>
    public Answer? OfNova(string uuid, string method, string path) => _crawled.GetValueOrDefault((uuid, method, path));

    /// <summary>What was recorded for the same caller and a changed request.</summary>
    public Answer? Sibling(Recording recording, RecordedRequest request, SiblingOf change)
    {
        var method = change.Method ?? request.Method;
        var path = change.Path ?? request.Path;
        var changes = request
            .Changes.Where(header => !change.WithoutUnderscores || !header.Key.Contains('_'))
            .Select(header => change.Trimmed ? KeyValuePair.Create(header.Key, header.Value?.Trim(' ', '\t')) : header)
            .Where(header =>
                header.Value is null || !recording.Proof.Contains(KeyValuePair.Create(header.Key, header.Value))
            )
            .ToArray();
        var same = recording.Requests.FirstOrDefault(other =>
            other.Raw is null
            && other.Pause == default
            && other.Method == method
            && other.Path == path
            && other.Changes.SequenceEqual(changes)
        );
        return same?.Answer
            ?? (
                changes.Length == 0 && !recording.IsVariant
                    ? _crawled.GetValueOrDefault((recording.Uuid, method, path))
                    : null
            );
    }

    void Learn(Recording recording)
    {
        var isCrawl = !recording.Name.StartsWith('_');
        if (isCrawl)
        {
            _cells[recording.Uuid] = recording.Cell;
        }
        foreach (var request in recording.Requests.Where(request => request.Pause == default))
        {
            if (isCrawl && request.Changes.IsEmpty && request.Body is null && request.Raw is null)
            {
                _crawled.TryAdd((recording.Uuid, request.Method, request.Path), request.Answer);
            }
            if (isCrawl || recording.IsSequence)
            {
                if (!request.Answer.IsCrash)
                {
                    if (!_healthy.TryGetValue(request.Twin, out var answers))
                    {
                        _healthy[request.Twin] = answers = [];
                    }
                    answers.Add((request.Answer.Status, string.Join(' ', request.Answer.ContentTypes)));
                }
                if (request.Answer.Status == 409 && request.Changes.IsEmpty)
                {
                    ConflictPage = request.Answer.Body;
                }
            }
        }
    }
}
