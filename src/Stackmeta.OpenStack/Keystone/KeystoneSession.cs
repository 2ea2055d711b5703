using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Lookups;

namespace Stackmeta.OpenStack;

/// <summary>
/// Keeps a token: one for all who ask, renewed before it ends while the old one still serves, asked for by one at a time.
/// </summary>
public sealed class KeystoneSession : IServiceToken, IDisposable
{
    // Wrong credentials stay wrong for a while, and each try may count towards locking the account.
    static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromSeconds(5);

    readonly KeystoneOptions _options;
    readonly HttpClient _http;
    readonly TimeProvider _time;
    readonly OutageLog _outage;
    readonly Uri _tokens;

    // Held while Keystone is asked; guards the writing of the two fields below, which anybody reads.
    readonly SemaphoreSlim _asking = new(1);
    volatile KeystoneToken? _token;
    DateTimeOffset _pausedUntil;

    /// <exception cref="ConfigurationException">A certificate cannot be read.</exception>
    public KeystoneSession(KeystoneOptions options, ILogger<KeystoneSession> log, TimeProvider time)
    {
        _options = options;
        _http = RestConnections.Create(options.Tls);
        _time = time;
        _outage = new($"Keystone ({options})", log, time);
        var text = options.AuthUrl.AbsoluteUri.TrimEnd('/');
        _tokens = new($"{(text.EndsWith("/v3", StringComparison.Ordinal) ? text : text + "/v3")}/auth/tokens");
    }

    /// <inheritdoc/>
    public async ValueTask<string?> GetTokenAsync(string? refused, CancellationToken cancellationToken) =>
        (await GetAsync(refused, cancellationToken))?.Id;

    /// <summary>A valid token with its catalogue; null when there is none to be had now.</summary>
    internal async ValueTask<KeystoneToken?> GetAsync(string? refused, CancellationToken cancellationToken)
    {
        var kept = Usable(refused);
        if (kept is not null && _time.GetUtcNow() < kept.RenewAt)
        {
            return kept;
        }
        // While one renews, the others go on with what they have; who has nothing waits.
        if (!await _asking.WaitAsync(kept is null ? Timeout.Infinite : 0, cancellationToken))
        {
            return kept;
        }
        try
        {
            var now = _time.GetUtcNow();
            if (Usable(refused) is { } meanwhile && now < meanwhile.RenewAt)
            {
                return meanwhile;
            }
            if (now < _pausedUntil)
            {
                return kept;
            }
            if (await AskAsync(cancellationToken) is { } fresh)
            {
                _token = fresh;
                return fresh;
            }
            return kept;
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _asking.Dispose();
    }

    KeystoneToken? Usable(string? refused) =>
        _token is { } token && token.Id != refused && _time.GetUtcNow() < token.ExpiresAt ? token : null;

    async ValueTask<KeystoneToken?> AskAsync(CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(_options.Deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _tokens);
            request.Content = new ByteArrayContent(KeystoneRequest.Write(_options));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await _http.SendAsync(request, either.Token);
            return await ReadAsync(response, either.Token);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException)
        {
            _outage.Failed(error.GetBaseException().Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _outage.Failed($"no answer within {_options.Deadline.TotalSeconds} s");
        }
        return null;
    }

    async ValueTask<KeystoneToken?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            _pausedUntil = _time.GetUtcNow() + PauseAfterRefusal;
        }
        if (!response.IsSuccessStatusCode)
        {
            _outage.Failed($"it answered {(int)response.StatusCode} to the request for a token");
            return null;
        }
        var id = response.Headers.TryGetValues("X-Subject-Token", out var values) ? values.FirstOrDefault() : null;
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var document = await JsonDocument.ParseAsync(body, default, cancellationToken);
        if (id is not null && KeystoneToken.Read(id, document.RootElement, _time.GetUtcNow()) is { } token)
        {
            _outage.Succeeded();
            return token;
        }
        _outage.Failed("its answer holds no token");
        return null;
    }
}
