using Stackmeta.Core.Caching;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;
using Stackmeta.Http;

namespace Stackmeta.Api;

/// <summary>
/// The way without a proxy: the caller is known by its own address, for which one port of the whole cloud must be found
/// (spec/nova-metadata.md §6.2). Whatever instance a header names is passed over.
/// </summary>
public sealed class AddressProof(IAddressDirectory directory, AddressProofOptions options, TimeProvider time)
    : ICallerProof
{
    readonly AddressCache _ports = new(directory, options.Cache, time);

    /// <inheritdoc/>
    public async ValueTask<ProofAnswer> ProveAsync(Request request)
    {
        var address = AddressOf(request);
        var identity = new RequestIdentity("", "", address);
        if (string.IsNullOrEmpty(address))
        {
            return new(identity, Refusal.InstanceSourceFailed);
        }
        var answer = await _ports.FindAsync(address, request.Aborted);
        return answer.Refusal switch
        {
            Refusal.None => new(
                new(answer.Port!.DeviceId, answer.Port.ProjectId, address),
                Refusal.None,
                ProjectIsKnown: false
            ),
            Refusal.PortNotFound => new(identity, Refusal.PortNotFound),
            // The same address in two networks: nobody can tell which of the two asks, and the guest is not at fault.
            Refusal.PortAmbiguous => new(identity, Refusal.InstanceSourceFailed),
            var refusal => new(identity, refusal),
        };
    }

    /// <summary>The text is taken as it stands, as Nova does: an address that is none is nobody's.</summary>
    string? AddressOf(Request request)
    {
        var headers = request.Headers;
        if (options.ParsesProxyHeaders)
        {
            if (headers.TryGetValue("Forwarded", out var forwarded) && ForwardedFor(forwarded.ToString()) is { } named)
            {
                return named;
            }
            if (headers.TryGetValue(ProofHeaders.ForwardedFor, out var parsed))
            {
                return parsed.ToString();
            }
        }
        if (options.UsesForwardedFor && headers.TryGetValue(ProofHeaders.ForwardedFor, out var text))
        {
            return text.ToString();
        }
        var address = request.PeerAddress;
        return address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4().ToString() : address?.ToString();
    }

    // RFC 7239: the first element is the one nearest to the caller.
    static string? ForwardedFor(string header) =>
        header
            .Split(',', 2)[0]
            .Split(';')
            .Select(pair => pair.Trim().Split('=', 2))
            .FirstOrDefault(pair => pair.Length == 2 && pair[0].Equals("for", StringComparison.OrdinalIgnoreCase))
            ?[1].Trim('"');
}

/// <summary>Which text is the caller's address, and how long its port is believed.</summary>
public sealed record AddressProofOptions
{
    public AnswerCacheOptions Cache { get; init; } = new();

    /// <summary>X-Forwarded-For stands for the address: only behind a proxy that sets it (Nova's <c>[api] use_forwarded_for</c>).</summary>
    public bool UsesForwardedFor { get; init; }

    /// <summary>So do Forwarded and X-Forwarded-For (<c>[oslo_middleware] enable_proxy_headers_parsing</c>).</summary>
    public bool ParsesProxyHeaders { get; init; }
}
