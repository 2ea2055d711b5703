using CsCheck;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Api.Tests;

/// <summary>The agent's signature, checked in Nova's order (spec/nova-metadata.md §6.3; cases L).</summary>
public sealed class ProofTests
{
    const string Path = "/latest/meta-data/hostname";
    static readonly string Signature = TestApi.Signer.Sign(TestApi.Uuid);

    [Theory]
    [InlineData("", "X-Instance-ID header is missing from request.")]
    [InlineData("X-Instance-ID-Signature: x\r\nX-Tenant-ID: t\r\n", "X-Instance-ID header is missing from request.")]
    [InlineData("X-Instance-ID: x\r\n", "X-Instance-ID-Signature header is missing from request.")]
    [InlineData("X-Instance-ID: x\r\nX-Instance-ID-Signature: x\r\n", "X-Tenant-ID header is missing from request.")]
    public async Task L9_LP1408625_a_missing_header_is_400_and_named_in_order(string headers, string text)
    {
        await using var api = await TestApi.StartAsync();
        var answer = await api.AskRawAsync("GET", Path, headers);
        Assert.Equal(400, answer.Status);
        Assert.Contains(text, answer.Text, StringComparison.Ordinal);
        Assert.Equal(0, api.Source.Loads);
    }

    public static TheoryData<string> WrongSignatures =>
        [
            "",
            "0",
            Signature[..63],
            Signature + "0",
            Signature + Signature,
            Signature.ToUpperInvariant(),
            new string('0', 64),
            "\u00e9" + Signature[1..],
            Signature[..63] + "\u00ff",
            new string('f', 10_000),
            TestApi.Signer.Sign(TestApi.Uuid.ToUpperInvariant()),
            TestApi.Signer.Sign(""),
        ];

    [Theory]
    [MemberData(nameof(WrongSignatures))]
    public async Task L3_L10_L13_anything_but_the_signature_is_403_before_any_look_up(string signature)
    {
        await using var api = await TestApi.StartAsync();
        var answer = await api.AskRawAsync("GET", Path, Headers(TestApi.Uuid, signature, TestApi.Project));
        Assert.Equal(403, answer.Status);
        Assert.Equal("403 Forbidden\n\nInvalid proxy request signature.\n\n   ", answer.Text);
        Assert.Equal(0, api.Source.Loads);
    }

    [Fact]
    public async Task L10_an_empty_id_is_there_and_wrong()
    {
        await using var api = await TestApi.StartAsync();
        Assert.Equal(403, (await api.AskRawAsync("GET", Path, Headers("", Signature, TestApi.Project))).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("proj-2")]
    [InlineData("PROJ-1")]
    [InlineData("proj-1,proj-1")]
    public async Task OSSA_2013_033_L5_another_project_is_404_also_when_the_record_is_kept(string project)
    {
        await using var api = await TestApi.StartAsync();
        Assert.Equal(404, (await api.AskRawAsync("GET", Path, Headers(TestApi.Uuid, Signature, project))).Status);
        Assert.Equal(200, (await api.AskAsync(Path)).Status);
        var answer = await api.AskRawAsync("GET", Path, Headers(TestApi.Uuid, Signature, project));
        Assert.Equal("404 Not Found\n\nThe resource could not be found.\n\n   ", answer.Text);
        Assert.Equal(1, api.Source.Loads);
    }

    [Theory]
    [InlineData("no-such-instance")]
    [InlineData("../../etc/passwd")]
    [InlineData("U,U")]
    public async Task L11_an_instance_that_is_not_there_is_404(string id)
    {
        await using var api = await TestApi.StartAsync();
        Assert.Equal(404, (await api.AskRawAsync("GET", Path, TestApi.Proof(id))).Status);
    }

    [Theory]
    [InlineData("X-Instance-ID: other\r\n", 403)]
    [InlineData("X-Instance-ID: 6f6e2c1a-1111-4a4a-8b8b-000000000001\r\n", 403)]
    [InlineData("X-Instance-ID-Signature: 0000\r\n", 403)]
    [InlineData("X-Tenant-ID: proj-1\r\n", 404)]
    [InlineData("X-Tenant-ID: proj-2\r\n", 404)]
    public async Task L12_a_repeated_header_proves_nothing_wherever_the_right_one_stands(string repeated, int status)
    {
        await using var api = await TestApi.StartAsync();
        Assert.Equal(status, (await api.AskRawAsync("GET", Path, TestApi.Proof() + repeated)).Status);
        Assert.Equal(status, (await api.AskRawAsync("GET", Path, repeated + TestApi.Proof())).Status);
    }

    [Fact]
    public async Task A_client_address_that_is_sent_twice_is_one_text_as_Novas_server_makes_it()
    {
        await using var api = await TestApi.StartAsync();
        var answer = await api.AskAsync("/latest/meta-data/local-ipv4", headers: "X-Forwarded-For: 10.0.0.8\r\n");
        Assert.Equal("10.0.0.9, 10.0.0.8", answer.Text);
    }

    [Fact]
    public async Task Names_with_underscores_are_other_headers()
    {
        await using var api = await TestApi.StartAsync();
        const string Spoofed = "X_Instance_ID: other\r\nX_Tenant_ID: other\r\nX_Instance_ID_Signature: 0\r\n";
        Assert.Equal(200, (await api.AskRawAsync("GET", Path, Spoofed + TestApi.Proof())).Status);
        Assert.Equal(400, (await api.AskRawAsync("GET", Path, TestApi.Proof().Replace('-', '_'))).Status);
    }

    [Fact]
    public async Task L14_an_empty_secret_still_asks_for_the_signature()
    {
        await using var api = await TestApi.StartAsync(secret: "");
        using var empty = new InstanceSignature([]);
        var right = empty.Sign(TestApi.Uuid);
        Assert.Equal(200, (await api.AskRawAsync("GET", Path, Headers(TestApi.Uuid, right, TestApi.Project))).Status);
        Assert.Equal(403, (await api.AskAsync(Path)).Status);
    }

    [Fact]
    public async Task L6_who_the_client_was_need_not_be_said()
    {
        await using var api = await TestApi.StartAsync();
        Assert.Equal(
            200,
            (await api.AskRawAsync("GET", Path, Headers(TestApi.Uuid, Signature, TestApi.Project))).Status
        );
    }

    [Fact]
    public async Task LP2150094_neither_secret_nor_signature_is_ever_told()
    {
        await using var api = await TestApi.StartAsync();
        var told = new List<string>();
        foreach (
            var headers in (string[])
                [
                    TestApi.Proof(),
                    Headers(TestApi.Uuid, "bad", TestApi.Project),
                    Headers("other", Signature, TestApi.Project),
                    Headers(TestApi.Uuid, Signature, "other"),
                    $"X-Instance-ID-Signature: {Signature}\r\n",
                ]
        )
        {
            told.Add((await api.AskRawAsync("GET", $"{Path}/x", headers + "Accept: application/json\r\n")).Text);
        }
        api.Source.Trouble = Refusal.InstanceSourceFailed;
        told.Add((await api.AskRawAsync("GET", Path, TestApi.Proof("third"))).Text);
        told.AddRange(api.Log.Lines);
        Assert.Contains(told, line => line.Contains("signature-wrong", StringComparison.Ordinal));
        Assert.All(told, line => Assert.DoesNotContain(TestApi.Secret, line, StringComparison.Ordinal));
        Assert.All(told, line => Assert.DoesNotContain(Signature, line, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task OSSA_2012_003_log_lines_are_short_and_single_and_few_whatever_is_sent()
    {
        await using var api = await TestApi.StartAsync();
        var huge = new string('a', 20_000);
        for (var i = 0; i < 200; i++)
        {
            await api.AskRawAsync("GET", $"/{huge}", Headers(huge, huge, huge) + $"X-Forwarded-For: {huge}\r\n");
        }
        await api.AskRawAsync("GET", "/x%0a%0dinjected", Headers("\u0085\u00a0\tx", Signature, "t"));
        var lines = api.Log.Of(3001);
        Assert.InRange(lines.Count, 1, 61);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 900));
        Assert.All(lines, line => Assert.DoesNotContain(line, c => c is < ' ' or > '~'));
    }

    [Fact]
    public async Task Any_path_and_any_multiset_of_headers_give_2xx_or_4xx()
    {
        await using var api = await TestApi.StartAsync();
        string[] names =
        [
            "X-Instance-ID",
            "X-Instance-ID-Signature",
            "X-Tenant-ID",
            "X-Forwarded-For",
            "X-Metadata-Provider",
            "X_Instance_ID",
            "Accept",
            "Forwarded",
        ];
        string[] values =
        [
            "",
            TestApi.Uuid,
            Signature,
            TestApi.Project,
            "10.0.0.1, x",
            "\u00e9\u00ff",
            ",;=",
            "*/*;q=2",
        ];
        var header = Gen.Select(OneOf(names), OneOf(values), (n, v) => $"{n}: {v}\r\n");
        string[] paths = ["/", Path, "/nope", "/openstack/latest/meta_data.json", "/openstack/latest/password", "/%ff"];
        string[] methods = ["GET", "HEAD", "OPTIONS", "PUT", "X"];
        var noise = Gen.OneOf(
                Gen.Char["/.%?#*:;&=+~0aAfFz\u00e9"].Select(character => character.ToString()),
                OneOf([.. paths, "/..", "%2e", "%00", "%ff", "%c3%a9", "//", "latest", "openstack", "meta-data"])
            )
            .Array[0, 10]
            .Select(pieces => "/" + string.Concat(pieces));
        await Gen.Select(header.Array[0, 8], Gen.OneOf(OneOf(paths), noise), OneOf(methods))
            .SampleAsync(
                async (headers, path, method) =>
                {
                    var answer = await api.AskRawAsync(method, path, string.Concat(headers));
                    return answer.Status is (>= 200 and < 300) or (>= 400 and < 500);
                },
                iter: 600,
                threads: 1
            );
    }

    static Gen<string> OneOf(string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    static string Headers(string id, string signature, string project) =>
        $"X-Instance-ID: {id}\r\nX-Tenant-ID: {project}\r\nX-Instance-ID-Signature: {signature}\r\n";
}
