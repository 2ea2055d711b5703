namespace Stackmeta.Tests.Support;

/// <summary>
/// Requests that two readers may divide differently, and what a server must do with each: refuse it and close, so that nothing behind
/// it is taken for a request (CVE-2021-40346, CVE-2023-25725, CVE-2023-40225, CVE-2025-55315).
/// </summary>
public static class Smuggling
{
    const string Behind = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";

    /// <summary>Name and bytes; <c>{headers}</c> is where the caller's own headers go.</summary>
    public static TheoryData<string, string> Requests =>
        new()
        {
            {
                "length and chunks",
                $"POST / HTTP/1.1\r\nHost: h\r\n{{headers}}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Behind}"
            },
            {
                "chunks and length",
                $"POST / HTTP/1.1\r\nHost: h\r\n{{headers}}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{Behind}"
            },
            {
                "two lengths",
                $"POST / HTTP/1.1\r\nHost: h\r\n{{headers}}Content-Length: 0\r\nContent-Length: {Behind.Length}\r\n\r\n{Behind}"
            },
            {
                "two equal lengths",
                $"POST / HTTP/1.1\r\nHost: h\r\n{{headers}}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc{Behind}"
            },
            {
                "list of lengths",
                $"POST / HTTP/1.1\r\nHost: h\r\n{{headers}}Content-Length: 0, {Behind.Length}\r\n\r\n{Behind}"
            },
            { "negative length", $"POST / HTTP/1.1\r\nHost: h\r\n{{headers}}Content-Length: -1\r\n\r\n{Behind}" },
            { "hexadecimal length", $"POST / HTTP/1.1\r\nHost: h\r\n{{headers}}Content-Length: 0x0\r\n\r\n{Behind}" },
            {
                "huge length",
                $"POST / HTTP/1.1\r\nHost: h\r\n{{headers}}Content-Length: 99999999999999999999\r\n\r\n{Behind}"
            },
            { "folded line", $"GET / HTTP/1.1\r\nHost: h\r\n{{headers}}X-A: b\r\n Content-Length: 5\r\n\r\n{Behind}" },
            {
                "folded coding",
                $"POST / HTTP/1.1\r\nHost: h\r\n{{headers}}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n{Behind}"
            },
            {
                "blank before colon",
                $"POST / HTTP/1.1\r\nHost: h\r\n{{headers}}Content-Length : 5\r\n\r\nabcde{Behind}"
            },
            {
                "blank before coding's colon",
                $"POST / HTTP/1.1\r\nHost: h\r\n{{headers}}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{Behind}"
            },
            {
                "unknown coding",
                $"POST / HTTP/1.1\r\nHost: h\r\n{{headers}}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{Behind}"
            },
            {
                "chunked not last",
                $"POST / HTTP/1.1\r\nHost: h\r\n{{headers}}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{Behind}"
            },
            { "empty header name", $"GET / HTTP/1.1\r\nHost: h\r\n{{headers}}: x\r\n\r\n{Behind}" },
            { "header without colon", $"GET / HTTP/1.1\r\nHost: h\r\n{{headers}}broken\r\n\r\n{Behind}" },
            { "null in a header", $"GET / HTTP/1.1\r\nHost: h\r\n{{headers}}X-A: a\0b\r\n\r\n{Behind}" },
            { "bare carriage return", $"GET / HTTP/1.1\r\nHost: h\r\n{{headers}}X-A: a\rX-B: c\r\n\r\n{Behind}" },
            { "no host", $"GET / HTTP/1.1\r\n{{headers}}\r\n{Behind}" },
            { "two hosts", $"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n{{headers}}\r\n{Behind}" },
            { "no version", $"GET /\r\nHost: h\r\n{{headers}}\r\n{Behind}" },
            { "version 3", $"GET / HTTP/3.0\r\nHost: h\r\n{{headers}}\r\n{Behind}" },
            { "blank in the target", $"GET /a b HTTP/1.1\r\nHost: h\r\n{{headers}}\r\n{Behind}" },
            {
                "bytes beyond ASCII in the target",
                $"GET /\u00fcn\u00ef HTTP/1.1\r\nHost: h\r\n{{headers}}\r\n{Behind}"
            },
            { "garbage", "garbage\r\n\r\n" + Behind },
        };

    /// <summary>Chunks that are none, behind a head that a server may answer without reading them.</summary>
    public static string BrokenChunks =>
        $"POST / HTTP/1.1\r\nHost: h\r\n{{headers}}Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n{Behind}";

    /// <summary>Sends one and sees that it is refused, and that the connection ends without another answer.</summary>
    public static async Task AssertRefusedAsync(System.Net.EndPoint server, string request, string headers)
    {
        using var connection = await RawHttp.ConnectAsync(server);
        await connection.SendAsync(request.Replace("{headers}", headers, StringComparison.Ordinal));
        var answer = await connection.ReadAnswerAsync();
        Assert.InRange(answer.Status, 400, 505);
        Assert.NotEqual(500, answer.Status);
        Assert.Equal(0, (await connection.ReadAnswerAsync()).Status);
    }
}
