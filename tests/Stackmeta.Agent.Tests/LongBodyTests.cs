using System.Net;
using System.Net.Sockets;
using System.Text;
using Stackmeta.Tests.Support;

namespace Stackmeta.Agent.Tests;

/// <summary>Bodies that the agent would send on, but the API does not want.</summary>
public sealed class LongBodyTests
{
    const string Refused = "HTTP/1.1 400 Bad Request\r\nContent-Length: 6\r\nConnection: close\r\n\r\nenough";

    [Theory]
    [InlineData(20_000)]
    [InlineData(5_000_000)]
    public async Task What_an_api_answers_to_the_head_alone_reaches_the_guest(int size)
    {
        using var api = new HeadOnlyApi(Refused, bytesRead: 0);
        await using var agent = await TestAgent.StartAsync(upstream: options => options with { Api = api.Uri });
        var answer = await agent.AskAsync("/p", "POST", $"Content-Length: {size}\r\n", new string('x', size));
        Assert.Equal((400, "enough"), (answer.Status, answer.Text));
        Assert.Equal(0, api.BodyBytes);
    }

    [Fact]
    public async Task A_long_body_that_no_api_hears_the_end_of_is_413()
    {
        using var api = new HeadOnlyApi(Refused, bytesRead: 200_000);
        await using var agent = await TestAgent.StartAsync(upstream: options => options with { Api = api.Uri });
        var answer = await agent.AskAsync("/p", "POST", "Content-Length: 12000000\r\n", new string('x', 12_000_000));
        Assert.Equal(413, answer.Status);
    }

    [Fact]
    public async Task A_guest_that_posts_30_megabytes_is_told_413()
    {
        await using var agent = await TestAgent.StartAsync();
        using var guest = await RawHttp.ConnectAsync(agent.Address);
        await guest.SendAsync(
            $"POST /openstack/latest/password HTTP/1.1\r\nHost: h\r\n{TestAgent.Guest}Content-Length: 30000000\r\n\r\n"
        );
        var sending = guest.SendAsync(new byte[30_000_000]);
        Assert.Equal(413, (await guest.ReadAnswerAsync()).Status);
        await sending;
        Assert.Empty(agent.Api.Requests);
    }

    /// <summary>An API that reads so many bytes of a body, answers, and closes.</summary>
    sealed class HeadOnlyApi : IDisposable
    {
        readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        readonly string _answer;
        readonly int _bytesRead;

        public HeadOnlyApi(string answer, int bytesRead)
        {
            _answer = answer;
            _bytesRead = bytesRead;
            _listener.Start();
            _ = ServeAsync();
        }

        public Uri Uri => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

        /// <summary>Bytes of the body that came.</summary>
        public int BodyBytes { get; private set; }

        public void Dispose() => _listener.Dispose();

        async Task ServeAsync()
        {
            using var client = await _listener.AcceptTcpClientAsync();
            var stream = client.GetStream();
            var head = "";
            var buffer = new byte[16 * 1024];
            while (!head.Contains("\r\n\r\n", StringComparison.Ordinal))
            {
                head += Encoding.Latin1.GetString(buffer, 0, await stream.ReadAsync(buffer));
            }
            BodyBytes = head.Length - head.IndexOf("\r\n\r\n", StringComparison.Ordinal) - 4;
            if (_bytesRead > 0)
            {
                await FakeApi.WriteAsync(stream, "HTTP/1.1 100 Continue\r\n\r\n");
            }
            while (BodyBytes < _bytesRead)
            {
                BodyBytes += await stream.ReadAsync(buffer);
            }
            await FakeApi.WriteAsync(stream, _answer);
        }
    }
}
