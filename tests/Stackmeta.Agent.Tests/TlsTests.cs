using System.Net;
using System.Security.Cryptography.X509Certificates;
using Stackmeta.Http;
using Stackmeta.Tests.Support;

namespace Stackmeta.Agent.Tests;

/// <summary>The agent before an API that speaks TLS (spec/neutron-metadata.md §3.6).</summary>
public sealed class TlsTests
{
    [Theory]
    [InlineData("right", 200)]
    [InlineData("right, unknown authority", 503)]
    [InlineData("other name", 503)]
    [InlineData("expired", 503)]
    [InlineData("expired, insecure", 200)]
    [InlineData("unknown authority, insecure", 200)]
    public async Task The_apis_certificate_is_checked(string kind, int status)
    {
        using var authority = TestCertificates.Authority("ours");
        using var unknown = TestCertificates.Authority("theirs");
        using var shown = TestCertificates.Issue(
            kind.StartsWith("unknown", StringComparison.Ordinal) ? unknown : authority,
            name: kind == "other name" ? "elsewhere.example" : "localhost",
            isExpired: kind.StartsWith("expired", StringComparison.Ordinal)
        );
        await using var api = await StartAsync(shown, null);
        await using var agent = await TestAgent.StartAsync(upstream: o =>
            o with
            {
                Api = AddressOf(api),
                Authorities = [kind.EndsWith("unknown authority", StringComparison.Ordinal) ? unknown : authority],
                Insecure = kind.EndsWith("insecure", StringComparison.Ordinal),
            }
        );
        Assert.Equal(status, (await agent.AskAsync("/latest")).Status);
    }

    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 500)]
    public async Task The_agent_shows_its_own_certificate(bool shows, int status)
    {
        using var authority = TestCertificates.Authority("ours");
        using var server = TestCertificates.Issue(authority, "localhost");
        using var client = TestCertificates.Issue(authority, "agent");
        await using var api = await StartAsync(server, [authority]);
        await using var agent = await TestAgent.StartAsync(upstream: o =>
            o with
            {
                Api = AddressOf(api),
                Authorities = [authority],
                ClientCertificate = shows ? client : null,
            }
        );
        var answer = await agent.AskAsync("/latest");
        // Where the handshake itself is refused the API was not reached; where the refusal comes after it, it broke off.
        Assert.True(answer.Status == status || (!shows && answer.Status == 503), $"{answer.Status}");
    }

    static Uri AddressOf(HttpServer api) => new($"https://localhost:{((IPEndPoint)api.Addresses.First()).Port}");

    static Task<HttpServer> StartAsync(X509Certificate2 certificate, X509Certificate2Collection? clients) =>
        HttpServer.StartAsync(
            new()
            {
                Addresses = [new IPEndPoint(IPAddress.Loopback, 0)],
                Certificate = certificate,
                ClientAuthorities = clients,
            },
            context => Answer.WriteAsync(context, 200, "text/plain", "x"u8),
            new CollectingLogger(),
            default
        );
}
