using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using CsCheck;

namespace Stackmeta.Http.Tests;

/// <summary>Which bytes are requests, what Kestrel is given for them, and that neither depends on how they come.</summary>
public sealed class RequestReaderTests
{
    static readonly HttpServerOptions Options = new()
    {
        Addresses = [],
        MaxRequestLine = 200,
        MaxHeaders = 400,
        MaxBody = 100,
        MaxBufferedBody = 50,
    };

    const string Plain = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    public static TheoryData<string, string> Requests =>
        new()
        {
            { Plain, Plain },
            { $"\r\n\r\n{Plain}", Plain },
            { $"{Plain}{Plain}", $"{Plain}|{Plain}" },
            { "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\n\r\n" },
            { "GET /%00?%00 HTTP/1.0\r\n\r\n", "GET /%0_?%00 HTTP/1.0\r\n\r\n" },
            { "GET http://h/a HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://h/a HTTP/1.1\r\nHost: a\r\n\r\n" },
            { "OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost:\r\n\r\n" },
            // A body that nobody reads is dropped, however it is framed, and what follows it is a request.
            { $"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc{Plain}", $"{Plain}|{Plain}" },
            {
                $"DELETE / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n{Plain}",
                $"DELETE / HTTP/1.1\r\nHost: a\r\n\r\n|{Plain}"
            },
            { "POST / HTTP/1.1\r\nHost: a\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\n\r\n" },
            {
                $"POST / HTTP/1.1\r\nContent-Length: 3\r\nHost: a\r\n\r\nabc{Plain}",
                $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc|{Plain}"
            },
            {
                $"PUT / HTTP/1.1\r\nHost: a\r\ntransfer-encoding: Chunked\r\n\r\n3;x=\"y\"\r\nabc\r\n02\r\nde\r\n0\r\nA: b\r\n\r\n{Plain}",
                $"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde|{Plain}"
            },
            {
                "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na",
                "100|POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na"
            },
            { "POST / HTTP/1.0\r\n\r\n", "last|POST / HTTP/1.1\r\nHost: \r\n\r\n" },
            { "PUT / HTTP/1.0\r\nHost: a\r\n\r\n", "last|PUT / HTTP/1.1\r\nHost: a\r\n\r\n" },
            { "POST / HTTP/1.0\r\nContent-Length: 0\r\n\r\n", "POST / HTTP/1.0\r\nContent-Length: 0\r\n\r\n" },
            {
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, x ,close\r\nUpgrade: h2c\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: x, close\r\n\r\n"
            },
            {
                $"GET / HTTP/1.1\r\nHost: a\r\nX_Y:\tb \t\u00ff \r\n\r\n",
                $"GET / HTTP/1.1\r\nHost: a\r\nX_Y:\tb \t\u00ff \r\n\r\n"
            },
            // A long one comes as it comes.
            {
                $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60\r\n\r\n{new string('b', 60)}{Plain}",
                $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60\r\n\r\n{new string('b', 60)}|{Plain}"
            },
            { "", "" },
            { "\r\n", "" },
        };

    public static TheoryData<string, int> Rejected =>
        new()
        {
            { "garbage\r\n", 400 },
            { "GET /\r\n\r\n", 400 },
            { "GET  / HTTP/1.1\r\n", 400 },
            { "GET /a b HTTP/1.1\r\n", 400 },
            { "GET /a\tb HTTP/1.1\r\n", 400 },
            { "GET /\rX HTTP/1.1\r\n", 400 },
            { "GET /\u0001 HTTP/1.1\r\n", 400 },
            { "GET /\0 HTTP/1.1\r\n", 400 },
            { "GET /\u007f HTTP/1.1\r\n", 400 },
            { "GET /\u00e4 HTTP/1.1\r\n", 400 },
            { "G(T / HTTP/1.1\r\n", 400 },
            { "GET / HTTP/1.2\r\n", 400 },
            { "GET / HTTP/2.0\r\n", 400 },
            { "GET / http/1.1\r\n", 400 },
            { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400 },
            { "CONNECT /latest/user-data HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
            { "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
            { "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
            { "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
            { "GET latest HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
            { "GET ftp://h/ HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
            { "GET / HTTP/1.1\nHost: a\n\n", 400 },
            { "GET / HTTP/1.1\r\nHost: a\n\r\n", 400 },
            { "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400 },
            { "GET / HTTP/1.1\r\n\r\n", 400 },
            { "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400 },
            { "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400 },
            { "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400 },
            { "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400 },
            { "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n", 400 },
            { "GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n", 400 },
            { "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400 },
            { "GET / HTTP/1.1\r\nHost: a\r\nA\r\n\r\n", 400 },
            { "GET / HTTP/1.1\r\nHost: a\r\nA: b\rc\r\n\r\n", 400 },
            { "GET / HTTP/1.1\r\nHost: a\r\nA: b\0c\r\n\r\n", 400 },
            { "GET / HTTP/1.1\r\nHost: a\r\nA: \u001b[1m\r\n\r\n", 400 },
            { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", 400 },
            { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\na", 400 },
            { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na", 400 },
            { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400 },
            { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400 },
            { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400 },
            { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 400 },
            { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u000bchunked\r\n\r\n", 400 },
            { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
            { "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400 },
            { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n", 400 },
            { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", 400 },
            { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n", 400 },
            { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;\n\r\na\r\n0\r\n\r\n", 400 },
            { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;\ra\r\na\r\n0\r\n\r\n", 400 },
            { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n80000000\r\n", 413 },
            { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", 413 },
            { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n", 400 },
            // All chunks together are too long.
            {
                $"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1e\r\n{new string('b', 30)}\r\n15\r\n",
                413
            },
            { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA b: c\r\n\r\n", 400 },
            { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n", 413 },
            { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 413 },
            { "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 51\r\n\r\n", 413 },
            { $"GET /{new string('a', 200)} HTTP/1.1\r\n", 414 },
            { $"GET / HTTP/1.1\r\nHost: a\r\nA: {new string('b', 400)}\r\n\r\n", 431 },
            { $"GET / HTTP/1.1\r\nHost: a\r\n{string.Concat(Enumerable.Repeat("A:\r\n", 101))}\r\n", 431 },
            // Cut short: nobody knows what it was to be.
            { "GET / HT", 400 },
            { "GET / HTTP/1.1\r\nHost: a\r\n", 400 },
            { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab", 400 },
        };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task What_is_a_request_is_handed_on(string bytes, string expected)
    {
        Assert.Equal(expected, await ReadAsync(bytes, []));
        await AssertCutsDoNotMatterAsync(bytes);
    }

    [Theory]
    [MemberData(nameof(Rejected))]
    public async Task What_is_none_is_rejected_and_so_is_all_behind_it(string bytes, int status)
    {
        Assert.Equal($"{status}", await ReadAsync(bytes, []));
        await AssertCutsDoNotMatterAsync(bytes);
        if (bytes.EndsWith('\n'))
        {
            Assert.Equal($"{status}", await ReadAsync(bytes + Plain, []));
            // What is only a request line is not rejected for the fields that it lacks.
            Assert.Equal($"{status}", await ReadAsync($"{bytes}Host: a\r\n\r\n", []));
            Assert.Equal($"{Plain}|{status}", await ReadAsync(Plain + bytes, []));
        }
    }

    [Fact]
    public async Task A_head_that_is_rejected_is_known_to_be_one()
    {
        Assert.Equal("400 HEAD", await ReadAsync("\r\nHEAD \\ HTTP/1.1\r\n", []));
        Assert.Equal("400 HEAD", await ReadAsync("\r\nHEAD \\ HTTP/1.1\r\n", [1, 2, 3, 4]));
    }

    [Fact]
    public Task Cuts_never_matter()
    {
        var all = Requests.Concat<ITheoryDataRow>(Rejected).Select(row => (string)row.GetData()[0]!).ToArray();
        var letters = Gen.OneOf(Gen.Byte, Gen.Char[" \t\r\n:,;%/.?#\00aA"].Select(static letter => (byte)letter));
        var mutation = Gen.Select(Gen.Int[0, 300], letters, Gen.Int[0, 2]);
        return Gen.Select(Gen.Int[0, all.Length - 1].Array[1, 3], mutation.Array[0, 3], Gen.Int[1, 300].Array[0, 8])
            .SampleAsync(
                async (picked, mutations, cuts) =>
                {
                    var bytes = picked.SelectMany(one => Encoding.Latin1.GetBytes(all[one])).ToList();
                    foreach (var (at, letter, kind) in mutations.Where(one => one.Item1 < bytes.Count))
                    {
                        switch (kind)
                        {
                            case 0:
                                bytes[at] = letter;
                                break;
                            case 1:
                                bytes.Insert(at, letter);
                                break;
                            default:
                                bytes.RemoveAt(at);
                                break;
                        }
                    }
                    var text = Encoding.Latin1.GetString([.. bytes]);
                    Assert.Equal(await ReadAsync(text, []), await ReadAsync(text, cuts));
                },
                iter: 5000,
                threads: 2
            );
    }

    static async Task AssertCutsDoNotMatterAsync(string bytes)
    {
        var whole = await ReadAsync(bytes, []);
        Assert.Equal(whole, await ReadAsync(bytes, Enumerable.Range(1, bytes.Length)));
        for (var cut = 1; cut < bytes.Length; cut++)
        {
            Assert.Equal(whole, await ReadAsync(bytes, [cut]));
        }
    }

    /// <summary>Reads as Kestrel does, which knows by their heads where requests end.</summary>
    /// <returns>Requests, and what was said of them before, separated by bars.</returns>
    static async Task<string> ReadAsync(string bytes, IEnumerable<int> cuts)
    {
        Pipe input = new(
            new(readerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false)
        );
        Pipe output = new(new(useSynchronizationContext: false));
        var reader = new RequestReader(input.Reader, output.Writer, Options);
        var all = Encoding.Latin1.GetBytes(bytes);
        var read = ReadAllAsync(reader, output.Reader);
        var at = 0;
        foreach (var cut in cuts.Where(cut => cut < all.Length).Distinct().Order().Append(all.Length))
        {
            // The reader goes on with each piece within this.
            await input.Writer.WriteAsync(all.AsMemory(at, cut - at));
            at = cut;
        }
        await input.Writer.CompleteAsync();
        return await read;
    }

    static async Task<string> ReadAllAsync(RequestReader reader, PipeReader output)
    {
        var said = new List<string>();
        while (true)
        {
            var request = await ReadOneAsync(reader);
            if (output.TryRead(out var interim))
            {
                output.AdvanceTo(interim.Buffer.End);
                said.Add("100");
            }
            if (reader.Rejection is { } rejection)
            {
                said.Add($"{rejection.Status}{(reader.IsHead ? " HEAD" : "")}");
                return string.Join('|', said);
            }
            if (request is null)
            {
                reader.Complete();
                return string.Join('|', said);
            }
            if (reader.IsLast)
            {
                said.Add("last");
            }
            said.Add(request);
        }
    }

    static async Task<string?> ReadOneAsync(RequestReader reader)
    {
        while (true)
        {
            var result = await reader.ReadAsync();
            var text = Encoding.Latin1.GetString(result.Buffer.ToArray());
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            if (end > 3)
            {
                const string Name = "\r\nContent-Length: ";
                var name = text.IndexOf(Name, StringComparison.Ordinal);
                var length = name < 0 || name > end ? 0 : int.Parse(text[(name + Name.Length)..].Split('\r')[0]);
                if (text.Length >= end + length)
                {
                    // Never more than one request.
                    Assert.Equal(end + length, text.Length);
                    reader.AdvanceTo(result.Buffer.End);
                    return text;
                }
            }
            if (result.IsCompleted)
            {
                Assert.True(result.Buffer.IsEmpty || end > 3);
                return null;
            }
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
