namespace Stackmeta.Http;

/// <summary>
/// OpenStack's ids of requests: <c>req-</c> and a uuid, as its services write and log them (oslo.middleware, request_id).
/// </summary>
public static class RequestIds
{
    public const string Header = "X-OpenStack-Request-ID";

    const string Prefix = "req-";

    public static string Create() => string.Concat(Prefix, Guid.NewGuid().ToString());

    /// <summary>The id that a caller sent, if it is one; null otherwise. Nothing else is taken over: it is written to logs.</summary>
    public static string? Of(RequestHeaders headers) =>
        headers.TryGetValue(Header, out var values) && values is [{ } id] && IsOne(id) ? id : null;

    static bool IsOne(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal) && Guid.TryParseExact(text.AsSpan(Prefix.Length), "D", out _);
}
