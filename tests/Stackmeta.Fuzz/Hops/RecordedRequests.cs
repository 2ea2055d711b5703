using System.Collections.Immutable;
using System.Text;
using Stackmeta.Tests.Support;

namespace Stackmeta.Fuzz;

/// <summary>What real clients were recorded to send, what nobody ought to, and pieces of both.</summary>
static class RecordedRequests
{
    static readonly string[] Others =
    [
        "GET /latest/meta-data/instance-id HTTP/1.0\r\n{headers}\r\n",
        "HEAD /openstack/latest/meta_data.json HTTP/1.1\r\nHost: 169.254.169.254\r\n{headers}\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: 169.254.169.254\r\n{headers}\r\n",
        "OPTIONS /latest/user-data HTTP/1.1\r\nHost: 169.254.169.254\r\nOrigin: http://a\r\n{headers}\r\n",
        "CONNECT /latest/user-data HTTP/1.1\r\nHost: 169.254.169.254\r\n{headers}\r\n",
        "CONNECT a:80 HTTP/1.1\r\nHost: 169.254.169.254\r\n{headers}\r\n",
        "GET http://169.254.169.254/latest/meta-data/instance-id HTTP/1.1\r\nHost: a\r\n{headers}\r\n",
        "GET /latest/user-data?a=b%00#c HTTP/1.1\r\nHost: [fe80::a9fe:a9fe%eth0]:80\r\n{headers}\r\n",
        "GET /%00/..//%2e%2e/\\\"<>^`{|} HTTP/1.1\r\nHost:\r\n{headers}\r\n",
        "GET /openstack HTTP/1.1\r\nHost: a\r\n{headers}Content-Length: 42\r\n\r\nGET /smuggled HTTP/1.1\r\nX-Forwarded-For: a\r\n",
        "DELETE /latest HTTP/1.1\r\nHost: a\r\n{headers}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "POST /openstack/latest/password HTTP/1.1\r\nHost: a\r\n{headers}Content-Length: 3\r\n\r\nabc",
        "POST /openstack/latest/password HTTP/1.1\r\nHost: a\r\n{headers}Transfer-Encoding: chunked\r\n\r\n2;a=b\r\nab\r\n1\r\nc\r\n0\r\nA: b\r\n\r\n",
        "POST /latest HTTP/1.1\r\nHost: a\r\n{headers}Transfer-Encoding: chunked\r\n\r\n80000000\r\nabc",
        "POST /latest HTTP/1.1\r\nHost: a\r\n{headers}Content-Length: 10\r\n\r\nabc",
        "POST /nope HTTP/1.1\r\nHost: a\r\n{headers}Content-Length: 3\r\nExpect: 100-continue\r\n\r\nabc",
        "POST /nope HTTP/1.0\r\n{headers}\r\n",
        "PUT /latest/api/token HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n{headers}\r\n",
        "PATCH /latest HTTP/1.1\r\nHost: a\r\n{headers}Content-Length: 0\r\n\r\n",
        "get /latest HTTP/1.1\r\nHost: a\r\n{headers}\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: a\r\n{headers}\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003",
    ];

    /// <summary>Bytes that are put anywhere.</summary>
    public static ImmutableArray<byte[]> Words { get; } =
    [
        .. (
            (string[])
                [
                    "\r\n",
                    "\r\n\r\n",
                    "\n",
                    "\r",
                    "\0",
                    "\r\n ",
                    " ",
                    "%00",
                    "%",
                    "/..",
                    "//",
                    "http://a",
                    "HEAD ",
                    "POST ",
                    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
                    "HTTP/1.0",
                    "HTTP/1.1",
                    "Host: a\r\n",
                    "Host: a:1:2\r\n",
                    "Host: [::1\r\n",
                    "Content-Length: 3\r\n",
                    "Content-Length: 0\r\n",
                    "Content-Length: 100000\r\n",
                    "Content-Length: 99999999999999999999\r\n",
                    "Content-Length: -1\r\n",
                    "Content_Length: 3\r\n",
                    "Transfer-Encoding: chunked\r\n",
                    "Transfer-Encoding: gzip, chunked\r\n",
                    "Transfer-Encoding:\r\n chunked\r\n",
                    "Transfer-Encoding : chunked\r\n",
                    "Transfer_Encoding: chunked\r\n",
                    "3\r\nabc\r\n",
                    "0\r\n\r\n",
                    "0\r\n",
                    "ffffffffffffffff\r\n",
                    "7fffffff\r\n",
                    "Expect: 100-continue\r\n",
                    "Expect: a\r\n",
                    "Upgrade: websocket\r\n",
                    "Connection: close\r\n",
                    "Connection: keep-alive\r\n",
                    "Connection: X-Forwarded-For, Upgrade\r\n",
                    "Accept: application/json\r\n",
                    "Accept: \u00e4;q=\u00ff\r\n",
                    "X-Forwarded-For: 10.0.0.9\r\n",
                    "X_Forwarded_For: 10.0.0.9\r\n",
                    "X-Neutron-Network-ID: a\r\n",
                    "X-OVN-Network-ID: a\r\n",
                    "X-Instance-ID: a\r\n",
                    "X-Instance-ID-Signature: \u00e4\r\n",
                    "X-Stackmeta-Client-MAC: fa:16:3e:00:00:02\r\n",
                    "X-Openstack-Request-Id: a\r\n",
                    "Traceparent: 00-a-b-00\r\n",
                    "Trailer: a\r\n",
                    "TE: trailers\r\n",
                    ": a\r\n",
                    "A\r\n",
                    "A: b\rc\r\n",
                    "A:\t \u0001\r\n",
                    "Content-Type: \u00e4\r\n",
                    "Cookie: a\r\n",
                    "Range: bytes=0-1\r\n",
                    "If-Modified-Since: a\r\n",
                    "Authorization: a\r\n",
                ]
        ).Select(Encoding.Latin1.GetBytes),
    ];

    /// <summary>All, with the headers that the hop before adds.</summary>
    public static IEnumerable<byte[]> With(string headers) =>
        ClientTrace
            .Names.SelectMany(static name => ClientTrace.Read(name))
            .Select(request => Decorated(request.Text, headers))
            .Concat(Others.Select(one => one.Replace("{headers}", headers, StringComparison.Ordinal)))
            .Concat(
                Smuggling.Requests.Select(row => row.Data.Item2.Replace("{headers}", headers, StringComparison.Ordinal))
            )
            .Distinct()
            .Select(Encoding.Latin1.GetBytes);

    static string Decorated(string request, string headers)
    {
        var end = request.IndexOf("\r\n", StringComparison.Ordinal) + 2;
        return $"{request[..end]}{headers}{request[end..]}";
    }
}
