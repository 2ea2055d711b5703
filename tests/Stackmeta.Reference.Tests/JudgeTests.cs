using System.Text;

namespace Stackmeta.Reference.Tests;

/// <summary>The judge itself: what is recorded passes, and a wrong answer does not.</summary>
public sealed class JudgeTests
{
    static readonly Recording Recording = Library.Instance.All.First(recording => recording.Name == "o02-standard");

    public static TheoryData<string, string> Wrongs =>
        new()
        {
            { "/openstack/latest/meta_data.json", "one byte more" },
            { "/openstack/latest/meta_data.json", "another type" },
            { "/openstack/latest/meta_data.json", "404" },
            { "/openstack/latest/meta_data.json", "500" },
            { "/openstack/latest/meta_data.json", "no answer" },
            { "/openstack/latest/meta_data.json", "cut short" },
            { "/openstack/2013-04-04/content", "200" },
            { "/openstack/2013-04-04/content", "500" },
            { "/openstack/2012-08-10/password", "200" },
            { "/openstack/2012-08-10/password", "empty page" },
        };

    [Theory]
    [MemberData(nameof(Wrongs))]
    public void A_wrong_answer_is_a_mismatch(string path, string wrong)
    {
        var request = Recording.Requests.First(request => request.Method == "GET" && request.Path == path);
        var right = request.Answer;
        var ours = wrong switch
        {
            "one byte more" => right with { Body = [.. right.Body, (byte)'\n'] },
            "another type" => right with { ContentTypes = ["text/plain"] },
            "404" => right with { Status = 404 },
            "500" => new Answer
            {
                Status = 500,
                ContentTypes = ["text/plain"],
                Body = "an error"u8.ToArray(),
            },
            "no answer" => Answer.None,
            "cut short" => right with { Fault = "the answer is cut short" },
            "200" => new Answer
            {
                Status = 200,
                ContentTypes = ["text/plain"],
                Body = "something"u8.ToArray(),
            },
            _ => right with { Body = [] },
        };
        Assert.Null(Judge(request, ours));
    }

    [Fact]
    public void Every_recorded_answer_passes_its_own_judgement() =>
        Assert.All(
            Recording.Requests.Where(request => !request.Answer.HasOddStatusLine),
            request => Assert.Equal("", Judge(request, request.Answer))
        );

    [Fact]
    public void A_seed_that_repeats_or_is_short_is_a_fault()
    {
        var seeds = new RandomSeeds();
        Answer Document(byte[] seed) =>
            new()
            {
                Status = 200,
                Body = Encoding.ASCII.GetBytes($"{{\"random_seed\": \"{Convert.ToBase64String(seed)}\"}}"),
            };
        Assert.Null(seeds.Apply(Document(new byte[512])).Fault);
        Assert.NotNull(seeds.Apply(Document(new byte[512])).Fault);
        Assert.NotNull(seeds.Apply(Document(new byte[500])).Fault);
    }

    static string? Judge(RecordedRequest request, Answer ours) =>
        Replay.Judge(
            request.Answer,
            ours,
            new(
                new SentRequest(Recording, request),
                change => Library.Instance.Sibling(Recording, request, change),
                Library.Instance.Healthy(request),
                null
            )
        );
}
