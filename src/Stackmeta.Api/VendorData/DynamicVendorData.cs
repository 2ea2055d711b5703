using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Logging;
using Stackmeta.Core.Lookups;
using Stackmeta.Documents;
using Stackmeta.Http;

namespace Stackmeta.Api;

/// <summary>Asks the operator's services for an instance's vendor data: all at once, each within its time.</summary>
public sealed class DynamicVendorData : IDisposable
{
    /// <summary>As many as Nova follows.</summary>
    const int MaxRedirects = 30;

    /// <summary>Longest answer in bytes; Nova has no limit, we keep answers in memory.</summary>
    const int MaxAnswer = 1024 * 1024;

    static readonly ReadOnlyMemory<byte> Empty = "{}"u8.ToArray();

    readonly VendorDataOptions _options;
    readonly ImmutableArray<VendorDataTarget> _targets;
    readonly IServiceToken? _token;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly HttpMessageInvoker _connections;

    public DynamicVendorData(VendorDataOptions options, IServiceToken? token, TimeProvider time, ILogger logger)
    {
        _options = options;
        _targets = VendorDataTarget.ParseAll(options.Targets, logger);
        _token = token;
        _time = time;
        _logger = logger.Throttled(time);
        _connections = Connect(options);
        if (token is null && !_targets.IsEmpty)
        {
            Log.TargetsUnauthenticated(logger);
        }
    }

    public void Dispose() => _connections.Dispose();

    /// <summary>The targets' answers in the order of the targets, each in Python's JSON form; <c>{}</c> for one that failed.</summary>
    /// <returns>The entries, and whether every target answered.</returns>
    public async Task<(ImmutableArray<VendorDataEntry> Entries, bool AllAnswered)> AskAsync(
        Instance instance,
        RequestTrail? trail,
        CancellationToken cancellationToken
    )
    {
        var question = new Question(VendorDataRequest.BodyFor(instance), trail);
        var answers = await Task.WhenAll(_targets.Select(target => AskAsync(target, question, cancellationToken)));
        return (
            [.. _targets.Zip(answers, (target, answer) => new VendorDataEntry(target.Name, answer ?? Empty))],
            Array.TrueForAll(answers, answer => answer is not null)
        );
    }

    /// <summary>What all targets are sent.</summary>
    readonly record struct Question(ReadOnlyMemory<byte> Body, RequestTrail? Trail);

    async Task<ReadOnlyMemory<byte>?> AskAsync(
        VendorDataTarget target,
        Question question,
        CancellationToken cancellationToken
    )
    {
        // Nova waits so long for the connection and so long between bytes; together they are a bound for the whole.
        using var limit = new CancellationTokenSource(_options.ConnectTimeout + _options.ReadTimeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await AskWithTokenAsync(target, question, both.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException or OperationCanceledException or InvalidDataException)
        {
            Log.TargetFailed(
                _logger,
                target.Name,
                target.ShownUrl,
                new BoundedText(e is OperationCanceledException ? "it did not answer in time" : e.Message)
            );
            return null;
        }
    }

    async Task<ReadOnlyMemory<byte>> AskWithTokenAsync(
        VendorDataTarget target,
        Question question,
        CancellationToken cancellationToken
    )
    {
        var token = _token is null ? null : await _token.GetTokenAsync(refused: null, cancellationToken);
        var answer = await PostAsync(target.Url, question, token, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.Unauthorized && _token is not null && token is not null)
        {
            answer.Dispose();
            token = await _token.GetTokenAsync(refused: token, cancellationToken);
            answer = await PostAsync(target.Url, question, token, cancellationToken);
        }
        using (answer)
        {
            return (int)answer.StatusCode < (int)HttpStatusCode.BadRequest
                ? await ReadAsync(answer, cancellationToken)
                : throw new InvalidDataException($"it answered {(int)answer.StatusCode}");
        }
    }

    /// <summary>Posts, and posts again where the target's server redirects to.</summary>
    async Task<HttpResponseMessage> PostAsync(
        Uri url,
        Question question,
        string? token,
        CancellationToken cancellationToken
    )
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url)
            {
                Content = new ReadOnlyMemoryContent(question.Body),
            };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            // In the order in which Nova sends them.
            request.Headers.TryAddWithoutValidation("User-Agent", "openstack-nova-vendordata");
            request.Headers.TryAddWithoutValidation("Accept", "application/json");
            if (token is not null)
            {
                request.Headers.TryAddWithoutValidation("X-Auth-Token", token);
            }
            question.Trail?.AddTo(request.Headers);
            var answer = await _connections.SendAsync(request, cancellationToken);
            if (!IsRedirect(answer) || answer.Headers.Location is not { } location)
            {
                return answer;
            }
            answer.Dispose();
            if (!Uri.TryCreate(url, location, out var next) || next.Scheme is not ("http" or "https"))
            {
                throw new InvalidDataException("it redirected to what is no address of a server");
            }
            if (redirects == MaxRedirects)
            {
                throw new InvalidDataException($"it redirected more than {MaxRedirects} times");
            }
            if (!_options.FollowForeignRedirects && !IsSameServer(url, next))
            {
                throw new InvalidDataException("it redirected to another server, which is not allowed");
            }
            url = next;
        }
    }

    static bool IsRedirect(HttpResponseMessage answer) =>
        (int)answer.StatusCode is 301 or 302 or 303 or 305 or 307 or 308;

    static bool IsSameServer(Uri one, Uri other) =>
        Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase)
        == 0;

    static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = ArrayPool<byte>.Shared.Rent(MaxAnswer + 1);
        try
        {
            var length = await stream.ReadAtLeastAsync(
                bytes,
                MaxAnswer + 1,
                throwOnEndOfStream: false,
                cancellationToken
            );
            if (length > MaxAnswer)
            {
                throw new InvalidDataException($"it answered more than {MaxAnswer} bytes");
            }
            if (length == 0)
            {
                return Empty;
            }
            var json = new ArrayBufferWriter<byte>(length);
            return PythonJson.TryRewrite(bytes.AsSpan(0, length), json)
                ? json.WrittenMemory
                : throw new InvalidDataException("it did not answer JSON");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    static HttpMessageInvoker Connect(VendorDataOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip | DecompressionMethods.Deflate,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        if (options.Authorities is { } authorities)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(authorities);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }
        return new HttpMessageInvoker(handler, disposeHandler: true);
    }
}
