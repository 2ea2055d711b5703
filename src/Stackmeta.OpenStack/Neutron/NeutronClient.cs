using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Stackmeta.OpenStack;

/// <summary>Reads lists from Neutron's REST API v2.0: token, pages, deadline; a refused token is renewed once.</summary>
public sealed class NeutronClient : IDisposable
{
    // Larger than any honest list; a server that pages in circles must end.
    const int MostPages = 1000;

    static readonly TimeSpan PauseBeforeRetry = TimeSpan.FromMilliseconds(250);

    readonly NeutronOptions _options;
    readonly KeystoneSession _keystone;
    readonly HttpClient _http;
    readonly TimeProvider _time;
    readonly OutageLog _outage;

    /// <exception cref="ConfigurationException">A certificate cannot be read.</exception>
    public NeutronClient(
        NeutronOptions options,
        KeystoneSession keystone,
        ILogger<NeutronClient> log,
        TimeProvider time
    )
    {
        _options = options;
        _keystone = keystone;
        _http = RestConnections.Create(options.Tls);
        _time = time;
        _outage = new("Neutron's REST API", log, time);
    }

    /// <summary>The clock of deadlines, and of what is kept of answers.</summary>
    internal TimeProvider Time => _time;

    /// <summary>All items of a list.</summary>
    /// <param name="resource">As in the path, for example <c>security-groups</c>; the answer's member has <c>_</c> for <c>-</c>.</param>
    /// <param name="query">Filters and fields, percent-encoded.</param>
    /// <param name="read">Reads one item.</param>
    /// <param name="unknownFilterIsEmpty">The filter belongs to an extension that this Neutron may not have: then nothing fits it.</param>
    /// <returns>Null when Neutron or Keystone could not be asked, which is logged.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal async ValueTask<List<T>?> ListAsync<T>(
        string resource,
        string query,
        Func<JsonElement, T> read,
        CancellationToken cancellationToken,
        bool unknownFilterIsEmpty = false
    )
    {
        using var timer = new CancellationTokenSource(_options.Deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            var items = new List<T>();
            for (var page = 0; page < MostPages && query is not null; page++)
            {
                var (document, status) = await AskAsync(resource, query, either.Token);
                using var _ = document;
                if (status == HttpStatusCode.BadRequest && unknownFilterIsEmpty)
                {
                    break;
                }
                if (document is null)
                {
                    _outage.Failed(
                        status == default
                            ? "no token, or no endpoint of the configured type, interface and region in Keystone's catalogue"
                            : $"it answered {(int)status} to a request for {resource}"
                    );
                    return null;
                }
                var list = document.RootElement.Member(resource.Replace('-', '_'));
                if (list.ValueKind != JsonValueKind.Array)
                {
                    _outage.Failed($"its answer holds no list of {resource}");
                    return null;
                }
                items.AddRange(list.EnumerateArray().Select(read));
                query = NextPage(document.RootElement.Member($"{resource.Replace('-', '_')}_links"))!;
            }
            _outage.Succeeded();
            return items;
        }
        catch (Exception error)
            when (error is HttpRequestException or IOException or JsonException or InvalidOperationException)
        {
            _outage.Failed(error.GetBaseException().Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _outage.Failed($"no answer within {_options.Deadline.TotalSeconds} s");
        }
        return null;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>One page; without a document and without a status when Neutron was not asked at all.</summary>
    async ValueTask<(JsonDocument? Document, HttpStatusCode Status)> AskAsync(
        string resource,
        string query,
        CancellationToken cancellationToken
    )
    {
        string? refused = null;
        for (var attempt = 0; ; attempt++)
        {
            if (
                await _keystone.GetAsync(refused, cancellationToken) is not { } token
                || (_options.Endpoint.Override ?? token.Find(_options.Endpoint)) is not { } endpoint
            )
            {
                return default;
            }
            using var request = new HttpRequestMessage(HttpMethod.Get, Address(endpoint, resource, query));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            request.Headers.Add("X-Auth-Token", token.Id);
            try
            {
                using var response = await _http.SendAsync(
                    request,
                    HttpCompletionOption.ResponseHeadersRead,
                    cancellationToken
                );
                if (response.StatusCode == HttpStatusCode.Unauthorized && refused is null)
                {
                    refused = token.Id;
                    continue;
                }
                if (!response.IsSuccessStatusCode)
                {
                    return (null, response.StatusCode);
                }
                await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
                return (await JsonDocument.ParseAsync(body, default, cancellationToken), response.StatusCode);
            }
            catch (HttpRequestException error)
                when (error.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.ResponseEnded
                    && attempt < _options.Retries
                )
            {
                await Task.Delay(PauseBeforeRetry, _time, cancellationToken);
            }
        }
    }

    static Uri Address(Uri endpoint, string resource, string query)
    {
        var text = endpoint.AbsoluteUri.TrimEnd('/');
        return new($"{(text.EndsWith("/v2.0", StringComparison.Ordinal) ? text : text + "/v2.0")}/{resource}?{query}");
    }

    /// <summary>
    /// The query of the next page. Its host and scheme are left out: behind a proxy they are often not the ones that we can reach.
    /// </summary>
    static string? NextPage(JsonElement links) =>
        links
            .Items()
            .Where(link => link.Member("rel").Text() == "next")
            .Select(link => link.Member("href").Text()?.Split('?', 2))
            .FirstOrDefault(parts => parts is { Length: 2 })
            ?[1];
}
