using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents.Tests;

/// <summary>The same bytes as the real Nova, for the same instances (see README.md here).</summary>
public sealed partial class RecordedAnswerTests
{
    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Recorded");

    public static TheoryData<string> Names => [.. RecordedInstances.All.Keys.Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_recorded_answer_is_given(string name)
    {
        var guest = new Guest(RecordedInstances.All[name])
        {
            Options = new() { Compatibility = Compatibility.Zed },
            Context = new() { ClientAddress = "10.99.99.99", StaticVendorData = VendorData() },
        };
        using var recording = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "Answers", name + ".json")));
        var bodies = recording
            .RootElement.GetProperty("bodies")
            .EnumerateArray()
            .Select(body => body.GetString()!)
            .ToArray();
        var differences = recording
            .RootElement.GetProperty("answers")
            .EnumerateArray()
            .Select(answer => Difference(guest, answer, bodies))
            .OfType<string>();
        Assert.Equal("", string.Join('\n', differences));
    }

    static string? Difference(Guest guest, JsonElement recorded, string[] bodies)
    {
        var path = recorded[0].GetString()!;
        var status = recorded[1].GetInt32();
        var answer = guest.Ask(path);
        if (status == 0)
        {
            // Nova crashed on what the guest sent.
            return answer.Refusal is Refusal.PathBelowLeaf or Refusal.PathMalformed
                ? null
                : $"{path}: {answer.Refusal} where Nova crashed";
        }
        var (givenStatus, contentType, body) =
            answer.Refusal == Refusal.None
                ? (200, answer.ContentType, SeedPattern().Replace(answer.Text, "\"@@RANDOM_SEED@@\""))
                : ErrorPageOf(answer.Refusal);
        return (givenStatus, contentType, body) == (status, recorded[2].GetString(), bodies[recorded[3].GetInt32()])
            ? null
            : $"{path}: {givenStatus} {contentType} {body}";
    }

    static (int Status, string ContentType, string Body) ErrorPageOf(Refusal refusal)
    {
        var (status, explanation, _) = RefusalDescription.Of(refusal);
        var page = new ArrayBufferWriter<byte>();
        var contentType = ErrorPage.Render(status, explanation, "*/*", page);
        return (status, contentType, Encoding.UTF8.GetString(page.WrittenSpan));
    }

    static ReadOnlyMemory<byte> VendorData()
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.True(PythonJson.TryRewrite(File.ReadAllBytes(Path.Combine(Folder, "vendordata.json")), output));
        return output.WrittenMemory;
    }

    [GeneratedRegex("\"[A-Za-z0-9+/]{683}=\"", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SeedPattern();
}
