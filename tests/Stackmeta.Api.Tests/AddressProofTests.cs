using System.Net;
using System.Text;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta.Api.Tests;

/// <summary>Callers known by their address alone, and by a provider's load balancer (spec/nova-metadata.md §6.2, §6.4).</summary>
public sealed class AddressProofTests
{
    static readonly Port Port = new("port-1", "net-1", "instance-1", "project-1");

    [Theory]
    [InlineData(false, false, "", "10.0.0.5")]
    [InlineData(false, false, "X-Forwarded-For: 10.0.0.9", "10.0.0.5")]
    [InlineData(true, false, "X-Forwarded-For: 10.0.0.9", "10.0.0.9")]
    [InlineData(true, false, "X-Forwarded-For: 10.0.0.9, 10.0.0.8", "10.0.0.9, 10.0.0.8")]
    [InlineData(false, true, "Forwarded: for=10.0.0.7;proto=http, for=10.0.0.6", "10.0.0.7")]
    [InlineData(false, true, "X-Forwarded-For: 10.0.0.9", "10.0.0.9")]
    public async Task The_address_is_the_peers_unless_a_proxy_may_name_it(
        bool usesForwardedFor,
        bool parses,
        string header,
        string expected
    )
    {
        var directory = new FakeAddresses { Answer = Port };
        var proof = new AddressProof(
            directory,
            new() { UsesForwardedFor = usesForwardedFor, ParsesProxyHeaders = parses },
            TimeProvider.System
        );
        var answer = await proof.ProveAsync(RequestWith(header));
        Assert.Equal(expected, Assert.Single(directory.Asked));
        Assert.Equal(
            ("instance-1", expected, false),
            (answer.Identity.InstanceId, answer.Identity.ClientAddress, answer.ProjectIsKnown)
        );
    }

    [Theory]
    [InlineData(Refusal.PortNotFound, Refusal.PortNotFound)]
    [InlineData(Refusal.PortAmbiguous, Refusal.InstanceSourceFailed)]
    public async Task Who_cannot_be_told_is_not_answered(Refusal found, Refusal expected)
    {
        var proof = new AddressProof(new FakeAddresses { Answer = found }, new(), TimeProvider.System);
        Assert.Equal(expected, (await proof.ProveAsync(RequestWith("X-Instance-ID: forged"))).Refusal);
    }

    [Fact]
    public async Task An_address_is_asked_for_once()
    {
        var directory = new FakeAddresses { Answer = Port };
        var proof = new AddressProof(directory, new(), TimeProvider.System);
        await proof.ProveAsync(RequestWith(""));
        await proof.ProveAsync(RequestWith(""));
        Assert.Single(directory.Asked);
    }

    [Fact]
    public async Task A_provider_proves_itself_and_the_first_address_counts()
    {
        var directory = new FakeAddresses { Provider = new(Port, Refusal.None, HasNetworks: true, Matches: 1) };
        var answer = await ProviderAsync(
            directory,
            $"X-Metadata-Provider: p\nX-Metadata-Provider-Signature: {TestApi.Signer.Sign("p")}\nX-Forwarded-For: 10.0.0.9, 1.1.1.1"
        );
        Assert.Equal(new("instance-1", "project-1", "10.0.0.9"), answer.Identity);
        Assert.Equal("p 10.0.0.9", Assert.Single(directory.Asked));
    }

    [Theory]
    [InlineData("X-Metadata-Provider: p", Refusal.AddressHeaderMissing, null)]
    [InlineData("X-Metadata-Provider: p\nX-Forwarded-For: 10.0.0.9", Refusal.SignatureWrong, null)]
    [InlineData(
        "X-Metadata-Provider: p\nX-Metadata-Provider-Signature: bad\nX-Forwarded-For: 10.0.0.9",
        Refusal.SignatureWrong,
        null
    )]
    [InlineData(
        "X-Metadata-Provider: p\nX-Metadata-Provider-Signature: \u00fc\nX-Forwarded-For: 10.0.0.9",
        Refusal.SignatureNotAscii,
        null
    )]
    [InlineData("X-Metadata-Provider: ", Refusal.InstanceIdMissing, null)]
    public async Task A_provider_that_proves_nothing_is_refused(string headers, Refusal refusal, string? explanation)
    {
        var answer = await ProviderAsync(new FakeAddresses(), headers);
        Assert.Equal((refusal, explanation), (answer.Refusal, answer.Explanation));
    }

    [Theory]
    [InlineData(false, 0, Refusal.PortNotFound, "Could not find any subnets for provider p")]
    [InlineData(true, 0, Refusal.PortNotFound, "Expected a single port matching provider p and IP 10.0.0.9. Found 0.")]
    [InlineData(true, 2, Refusal.PortAmbiguous, "Expected a single port matching provider p and IP 10.0.0.9. Found 2.")]
    public async Task Anything_but_one_port_of_the_provider_is_explained(
        bool hasNetworks,
        int matches,
        Refusal found,
        string explanation
    )
    {
        var directory = new FakeAddresses { Provider = new(null, found, hasNetworks, matches) };
        var answer = await ProviderAsync(
            directory,
            $"X-Metadata-Provider: p\nX-Metadata-Provider-Signature: {TestApi.Signer.Sign("p")}\nX-Forwarded-For: 10.0.0.9"
        );
        Assert.Equal((Refusal.ProviderPortNotFound, explanation), (answer.Refusal, answer.Explanation));
    }

    static ValueTask<ProofAnswer> ProviderAsync(FakeAddresses directory, string headers)
    {
        var signature = new InstanceSignature(Encoding.UTF8.GetBytes(TestApi.Secret));
        var proof = new ProviderProof(
            new SharedSecretProof(signature),
            signature,
            directory,
            new(),
            TimeProvider.System
        );
        return proof.ProveAsync(RequestWith(headers));
    }

    static Request RequestWith(string headers)
    {
        var request = new Request();
        request.Begin("GET", "/latest", peer: IPAddress.Parse("::ffff:10.0.0.5"));
        foreach (var line in headers.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(':', 2);
            request.Headers.Receive(parts[0], parts[1].Trim());
        }
        return request;
    }

    sealed class FakeAddresses : IAddressDirectory
    {
        public PortAnswer Answer { get; init; }

        public ProviderPortAnswer Provider { get; init; }

        public List<string> Asked { get; } = [];

        public ValueTask<PortAnswer> FindPortAsync(string address, CancellationToken cancellationToken)
        {
            Asked.Add(address);
            return new(Answer);
        }

        public ValueTask<ProviderPortAnswer> FindPortOfProviderAsync(
            string providerId,
            string address,
            CancellationToken cancellationToken
        )
        {
            Asked.Add($"{providerId} {address}");
            return new(Provider);
        }
    }
}
