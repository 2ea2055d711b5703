using System.Net.Sockets;
using System.Text;

namespace Stackmeta.Hostile.Tests;

/// <summary>Requests that are not what a server hopes for.</summary>
static class BadRequests
{
    public static IReadOnlyList<Attack> Attacks { get; } =
    [
        new(
            "a storm of CONNECT",
            "requests",
            Kinds.All,
            assault => StormAsync(assault, _ => "CONNECT /latest/user-data HTTP/1.1\r\nHost: x\r\n\r\n")
        ),
        new("chunks too long to count", "requests", Kinds.All, ChunksAsync),
        new("bodies that end too early", "requests", Kinds.All, ShortBodiesAsync),
        new(
            "ten thousand requests in one go",
            "requests",
            Kinds.All,
            assault => StormAsync(assault, _ => "GET /latest/user-data HTTP/1.1\r\nHost: x\r\n\r\n")
        ),
        new("every kind of refusal, thousands of times", "requests", Kinds.All, RefusalsAsync),
        new("control characters in the target", "requests", Kinds.All, ControlCharactersAsync),
        new("requests hidden in the bodies of others", "requests", Kinds.All, HiddenAsync),
        new("the same bytes cut in other places", "requests", Kinds.All, CutAsync),
    ];

    static async Task StormAsync(Assault assault, Func<int, string> request)
    {
        var attacker = await assault.NewAttackerAsync();
        var count = assault.Random.Next(8000, 12000);
        var connections = assault.Random.Next(2, 6);
        await Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(_ =>
                    Exhaustion.PipelineAsync(
                        assault,
                        attacker,
                        null,
                        string.Concat(Enumerable.Range(0, count / connections).Select(request)),
                        TimeSpan.FromSeconds(8)
                    )
                )
        );
        // Whoever cuts the connection after the first one gets as many connections.
        for (var again = 0; again < 100; again++)
        {
            assault.Loot.Add(attacker, await SendAsync(attacker, request(again)));
        }
        assault.Notes.Add($"{count} requests on {connections} connections");
    }

    static async Task<GuestAnswer?> SendAsync(Machine attacker, string bytes, bool end = false)
    {
        if (await attacker.ConnectAsync(null, ipv6: false, TimeSpan.FromSeconds(3)) is not { } socket)
        {
            return null;
        }
        using var http = Stackmeta.Tests.Support.RawHttp.On(socket);
        try
        {
            await http.SendAsync(bytes);
            if (end)
            {
                http.EndSending();
            }
            return GuestAnswer.Of(await http.ReadAnswerAsync().WaitAsync(TimeSpan.FromSeconds(5)));
        }
        catch (Exception e) when (e is IOException or SocketException or TimeoutException)
        {
            return null;
        }
    }

    static async Task ChunksAsync(Assault assault)
    {
        var attacker = await assault.NewAttackerAsync();
        string[] sizes =
        [
            "80000000",
            "7fffffff",
            "ffffffff",
            "ffffffffffffffff",
            "8000000000000000",
            "100000000",
            "-1",
            "0x10",
            "g",
            "",
            " 5",
        ];
        foreach (var size in sizes)
        {
            foreach (var method in (string[])["POST", "PUT", "GET", "DELETE"])
            {
                for (var times = assault.Random.Next(2, 5); times > 0; times--)
                {
                    var bytes =
                        $"{method} /openstack/2013-10-17/password HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\nabc";
                    assault.Loot.Add(attacker, await SendAsync(attacker, bytes, end: true));
                }
            }
        }
    }

    /// <summary>A short body with FIN has an answer, or none when the connection was cut; it makes no noise.</summary>
    static async Task ShortBodiesAsync(Assault assault)
    {
        var attacker = await assault.NewAttackerAsync();
        for (var count = assault.Random.Next(150, 300); count > 0; count--)
        {
            var method = new[] { "POST", "PUT", "GET", "HEAD" }[assault.Random.Next(4)];
            var target = new[] { "/openstack/2013-10-17/password", "/latest/user-data" }[assault.Random.Next(2)];
            var bytes =
                $"{method} {target} HTTP/1.{assault.Random.Next(2)}\r\nHost: x\r\nContent-Length: {assault.Random.Next(1, 5000)}\r\n\r\n"
                + new string('a', assault.Random.Next(2));
            assault.Loot.Add(attacker, await SendAsync(attacker, bytes, end: true));
        }
    }

    static async Task RefusalsAsync(Assault assault)
    {
        var attacker = await assault.NewAttackerAsync();
        string[] requests =
        [
            "GET /nothing/here HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /latest/%zz HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /latest/meta-data/%2e%2e/%00 HTTP/1.1\r\nHost: x\r\n\r\n",
            "DELETE /latest/user-data HTTP/1.1\r\nHost: x\r\n\r\n",
            "PATCH /openstack/latest/password HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
            "GET /latest/user-data HTTP/1.1\r\n\r\n",
            "GET /latest/user-data HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
            "GET http://169.254.169.254/latest/user-data HTTP/1.1\r\nHost: x\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST /openstack/2013-10-17/password HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /latest/user-data HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.0.0.9\r\nX-Neutron-Network-ID: x\r\n\r\n",
            $"GET /{new string('a', 6000)} HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /latest/user-data HTTP/3.9\r\nHost: x\r\n\r\n",
            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001",
            "G\r\n\r\n",
            $"GET /latest/user-data HTTP/1.1\r\nHost: x\r\nX-{new string('b', 9000)}: 1\r\n\r\n",
        ];
        await Parallel.ForEachAsync(
            requests.Select(request => (Request: request, Times: assault.Random.Next(300, 700))),
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (one, _) =>
            {
                await Exhaustion.PipelineAsync(
                    assault,
                    attacker,
                    null,
                    string.Concat(Enumerable.Repeat(one.Request, one.Times)),
                    TimeSpan.FromSeconds(4)
                );
                // More than may be logged in a minute.
                for (var again = 0; again < 65; again++)
                {
                    assault.Loot.Add(attacker, await SendAsync(attacker, one.Request, end: true));
                }
            }
        );
    }

    static async Task ControlCharactersAsync(Assault assault)
    {
        var attacker = await assault.NewAttackerAsync();
        for (var octet = 0; octet < 256; octet++)
        {
            if (octet is >= '!' and <= '~')
            {
                continue;
            }
            var request =
                $"GET /latest/user-data{(char)octet}X-Forwarded-For:{(char)octet}{assault.World.Alice.Addresses[0]} HTTP/1.1\r\nHost: x\r\n\r\n";
            assault.Loot.Add(attacker, await SendAsync(attacker, request, end: true));
            request =
                $"GET /latest/user-data HTTP/1.1{(char)octet}\r\nX-A:{(char)octet}X-Forwarded-For: {assault.World.Alice.Addresses[0]}\r\nHost: x\r\n\r\n";
            assault.Loot.Add(attacker, await SendAsync(attacker, request, end: true));
        }
    }

    static async Task HiddenAsync(Assault assault)
    {
        var attacker = await assault.NewAttackerAsync();
        var world = assault.World;
        foreach (var victim in (Machine[])[world.Alice, world.Bob, world.Carol])
        {
            var hidden =
                $"GET /latest/user-data HTTP/1.1\r\nHost: x\r\nX-Neutron-Network-ID: {victim.Network.Id}\r\nX-Forwarded-For: {victim.Addresses[0]}\r\nX-Instance-ID: {victim.InstanceId}\r\nX-Tenant-ID: p\r\n\r\n";
            var length = hidden.Length;
            string[] heads =
            [
                $"GET /latest/user-data HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n",
                $"GET /latest/user-data HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\nConnection: keep-alive\r\n\r\n",
                $"HEAD /latest/user-data HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n",
                $"DELETE /latest/user-data HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n",
                $"GET /latest/user-data HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n",
                $"GET /latest/user-data HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                $"GET /latest/user-data HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\nContent-Length: 0\r\n\r\n",
                $"GET /latest/user-data HTTP/1.1\r\nHost: x\r\nContent-Length: +{length}\r\n\r\n",
                $"GET /latest/user-data HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n",
                $"POST /openstack/2013-10-17/password HTTP/1.0\r\nHost: x\r\n\r\n",
                $"GET /latest/user-data HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
            ];
            await Task.WhenAll(
                heads.Select(async head =>
                {
                    // What a pooled connection is given next is the next one's request: some guests ask in between.
                    await Exhaustion.PipelineAsync(assault, attacker, null, head + hidden, TimeSpan.FromSeconds(1));
                    for (var times = 0; times < 4; times++)
                    {
                        assault.Loot.Add(attacker, await attacker.AskAsync("/latest/user-data"));
                    }
                })
            );
        }
    }

    /// <summary>Whole, octet by octet, and in some pieces: the answer is the same.</summary>
    static async Task CutAsync(Assault assault)
    {
        var attacker = await assault.NewAttackerAsync();
        string[] requests =
        [
            "GET /latest/user-data HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "GET /latest/user-data HTTP/1.0\r\n\r\n",
            "\r\nHEAD /latest/user-data HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "HEAD /latest/user-data HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "POST /openstack/2013-10-17/password HTTP/1.0\r\nHost: x\r\n\r\nabc",
            "POST /openstack/2013-10-17/password HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
            "GET /latest/meta-data/ HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nConnection: close\r\n\r\n",
            "GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "CONNECT /latest/user-data HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            "GET /latest/user-data HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc",
            "GET /latest//user-data?a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        ];
        // The first password is taken, each further one refused.
        await SendAsync(
            attacker,
            "POST /openstack/2013-10-17/password HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
        );
        var differences = new List<string>();
        foreach (var request in requests)
        {
            var whole = await PiecesAsync(assault, attacker, [request]);
            string[][] cuts =
            [
                [.. request.Select(octet => octet.ToString())],
                .. Enumerable.Range(0, 5).Select(_ => Cut(request, assault.Random)),
            ];
            foreach (var cut in cuts)
            {
                var pieces = await PiecesAsync(assault, attacker, cut);
                // An answer that comes before the end of the request may be lost with the rest of the connection (RFC 9112 §9.6).
                if (pieces != whole && !(pieces == "nothing" && whole.StartsWith('4')))
                {
                    differences.Add(
                        $"{request[..request.IndexOf("HTTP", StringComparison.Ordinal)].Trim()} cut as {string.Join('|', cut).ReplaceLineEndings("~")}: {pieces} instead of {whole}"
                    );
                }
            }
        }
        Assert.True(differences.Count == 0, string.Join("\n   ", differences.Take(6)));
    }

    static string[] Cut(string request, Random random)
    {
        var places = Enumerable
            .Range(0, random.Next(1, 4))
            .Select(_ => random.Next(1, request.Length))
            .Distinct()
            .Order()
            .ToList();
        return [.. places.Prepend(0).Zip(places.Append(request.Length), (from, to) => request[from..to])];
    }

    /// <summary>Status and body, as far as they are the same each time.</summary>
    static async Task<string> PiecesAsync(Assault assault, Machine attacker, string[] pieces)
    {
        if (await attacker.ConnectAsync(null, ipv6: false, TimeSpan.FromSeconds(3)) is not { } socket)
        {
            return "no connection";
        }
        using (socket)
        {
            var received = new MemoryStream();
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(6));
            try
            {
                foreach (var piece in pieces)
                {
                    await socket.SendAsync(Encoding.Latin1.GetBytes(piece), timeout.Token);
                    if (pieces.Length < 10)
                    {
                        await Task.Delay(15, timeout.Token);
                    }
                }
                socket.Shutdown(SocketShutdown.Send);
                var buffer = new byte[16384];
                while (await socket.ReceiveAsync(buffer, timeout.Token) is > 0 and var count)
                {
                    received.Write(buffer, 0, count);
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // What has come counts.
            }
            var text = Encoding.Latin1.GetString(received.ToArray());
            assault.Loot.AddRaw(attacker, received.ToArray());
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            return end < 0 ? "nothing" : $"{text[9..12]} {text[(end + 4)..]}";
        }
    }
}
