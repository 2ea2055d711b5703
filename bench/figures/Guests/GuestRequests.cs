using System.Text;
using System.Text.Json;
using Stackmeta.Bench.Load;

namespace Stackmeta.Bench.Figures;

/// <summary>
/// What guests ask, and what they must be told: the first guest's answers, learnt once, with each guest's own values in them.
/// </summary>
sealed class GuestRequests
{
    readonly List<byte[]> _requests;
    readonly List<AnswerTemplate> _answers = [];

    // As they were before lines were added.
    List<byte[]>? _plain;

    GuestRequests(IEnumerable<byte[]> requests) => _requests = [.. requests];

    public int Count => _requests.Count;

    /// <summary>The document that benches ask for over and over, as curl asks.</summary>
    public static GuestRequests MetaData() =>
        new([
            Bytes(
                "GET",
                "/openstack/latest/meta_data.json",
                ["Host: 169.254.169.254", "User-Agent: bench", "Accept: */*"]
            ),
        ]);

    /// <summary>The 28 requests of a boot, byte for byte as cloud-init 26.2 sends them.</summary>
    public static GuestRequests CloudInit() =>
        new(
            File.ReadLines(Path.Combine(AppContext.BaseDirectory, "cloud-init-openstack.jsonl"))
                .Select(line => JsonDocument.Parse(line).RootElement)
                .Select(request =>
                    Bytes(
                        request.GetProperty("method").GetString()!,
                        request.GetProperty("path").GetString()!,
                        request.GetProperty("headers").EnumerateArray().Select(header => $"{header[0]}: {header[1]}")
                    )
                )
        );

    /// <summary>The same requests with more header lines.</summary>
    public GuestRequests WithHeaders(string lines) => new(BytesWith(lines)) { _plain = _requests };

    /// <summary>All requests as they are sent, with more header lines.</summary>
    public byte[][] BytesWith(string lines) =>
        [
            .. (_plain ?? _requests).Select(request =>
                (byte[])[.. request.AsSpan(0, request.Length - 2), .. Encoding.ASCII.GetBytes(lines + "\r\n\r\n")]
            ),
        ];

    /// <summary>Asks everything once from a place and takes the answers for right ones.</summary>
    /// <param name="place">Where one guest asks from.</param>
    /// <param name="values">What is that guest's own in the answers.</param>
    /// <param name="status">Answers must have it, or 404 where a guest may find nothing.</param>
    public GuestRequests Learn(Place place, IReadOnlyList<string> values, int status = 200)
    {
        _answers.Clear();
        foreach (var request in _requests)
        {
            var (answered, body) = LoadRun.Fetch(place, request);
            if (answered != status && answered != 404)
            {
                throw new InvalidOperationException(
                    $"{Encoding.ASCII.GetString(request).Split('\r')[0]}: {answered} {Encoding.UTF8.GetString(body)}"
                );
            }
            _answers.Add(AnswerTemplate.Learn(answered, body, values));
        }
        return this;
    }

    /// <summary>A request as it is sent.</summary>
    public byte[] Bytes(int step) => _requests[step];

    /// <summary>One request of one guest.</summary>
    public Question Of(Place place, IReadOnlyList<byte[]> values, int step) =>
        new(place, _requests[step], _answers[step], values);

    static byte[] Bytes(string method, string path, IEnumerable<string> headers) =>
        Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\n{string.Join("\r\n", headers)}\r\n\r\n");
}
