using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stackmeta.Reference.Tests;

/// <summary>What a rule about the agent may look at beside the two answers.</summary>
/// <param name="Request">What was sent.</param>
/// <param name="Sent">What the API behind it answers to that request; null where that is not known beforehand.</param>
/// <param name="BreaksOff">Whether the API behind it hangs up without a whole answer.</param>
/// <param name="IsDown">Whether what is behind the agent cannot be reached.</param>
/// <param name="RouterHasInterfaces">Whether the router that the request names is attached to a network.</param>
/// <param name="WithAddress">What was recorded for the same request from another address; null when nothing was.</param>
sealed record AgentCircumstances(
    SentRequest Request,
    Answer? Sent,
    bool BreaksOff,
    bool IsDown,
    bool RouterHasInterfaces,
    Func<string, Answer?> WithAddress
)
{
    /// <summary>What was recorded for the same request without what is odd about it; null when nothing was.</summary>
    public Func<Answer?> Plain { get; init; } = static () => null;

    const string ForwardedFor = "X-Forwarded-For";

    /// <summary>The scope headers that say something.</summary>
    public int Scopes =>
        Request.Headers.Count(header =>
            header.Key is "X-Neutron-Network-ID" or "X-Neutron-Router-ID" && header.Value.Length > 0
        );

    public bool HasRouter => Request.Headers.Any(header => header.Key == "X-Neutron-Router-ID");

    /// <summary>The addresses of the proxies' chain, the nearest last.</summary>
    public string[] Addresses =>
        [
            .. Request
                .Headers.Where(header => header.Key == ForwardedFor)
                .SelectMany(header => header.Value.Split(','))
                .Select(address => address.Trim()),
        ];

    /// <summary>The last address in its usual form; null when it is none, or in one of the forms that old parsers take.</summary>
    public string? LastAddress =>
        Addresses is [.., var last]
        && IPAddress.TryParse(last, out var address)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == last)
            ? new IPAddress(address.GetAddressBytes()).ToString()
            : null;

    /// <summary>Whether it says who asks: one network or router, one address.</summary>
    public bool SaysWho => Scopes == 1 && LastAddress is not null;
}

/// <summary>
/// Where our agent differs from Zed's: the Target column of spec/neutron-metadata.md §3.7 and docs/differences.md. None looks at a file or
/// at a certain request. The first that holds is counted.
/// </summary>
static class AgentRules
{
    public static readonly (string Name, Func<Answer, Answer, AgentCircumstances, bool> Holds)[] All =
    [
        ("who asks is not said: 400", WhoIsNotSaid),
        ("not HTTP: 400", NotHttp),
        ("long targets go on", LongTarget),
        ("underscore headers", UnderscoreHeaders),
        ("target in absolute form", AbsoluteForm),
        ("only the last address counts", LastAddressCounts),
        ("addresses, not texts, are compared", AddressesAreCompared),
        ("a router without networks finds nobody", RouterWithoutNetworks),
        ("unreachable: 503", Unreachable),
        ("half an answer is none: 500", HalfAnAnswer),
        ("the API's own page", OwnPage),
        ("any status is passed on", AnyStatus),
        ("bytes in, bytes out", BytesInBytesOut),
        ("the raw target goes on", RawTarget),
        ("the API's crash is a refusal", CrashIsARefusal),
        ("no Content-Type is passed on", NoContentType),
        ("newer OpenStack version", (recorded, ours, _) => Rules.ListsNewerVersion(recorded, ours)),
    ];

    /// <summary>Empty for identical, a rule's name, or null for neither.</summary>
    public static string? Judge(Answer recorded, Answer ours, AgentCircumstances circumstances) =>
        ours.Fault is not null ? null
        : ours.Matches(recorded) ? ""
        : All.FirstOrDefault(rule => rule.Holds(recorded, ours, circumstances)).Name;

    static bool WhoIsNotSaid(Answer recorded, Answer ours, AgentCircumstances c) =>
        !c.SaysWho && recorded.Status is 404 or 500 && ours.Status == 400 && ours.IsShortReason(c.Request.Method);

    static bool NotHttp(Answer recorded, Answer ours, AgentCircumstances c) =>
        (c.Request.Malformation != Malformation.None || c.Request.HasBadTarget)
        && (
            recorded.Status is 400 or 404 or 500
            || c.Request.HasForbiddenCharacter
            // RFC 9112 §3.2: a request without Host, for example, must be answered 400.
            || c.Request.Malformation == Malformation.Other
        )
        && ours.Status == 400
        && ours.IsShortReason(c.Request.Method);

    // Nobody has a document there, which the API may say.
    static bool LongTarget(Answer recorded, Answer ours, AgentCircumstances c) =>
        c.Request.Malformation == Malformation.LongTarget && recorded.Status == 414 && ours.Status is 404 or 414;

    // X_Forwarded_For is not X-Forwarded-For; the reference's server takes it for the same.
    static bool UnderscoreHeaders(Answer recorded, Answer ours, AgentCircumstances c) =>
        c.Request.Headers.Any(header => header.Key.Contains('_')) && ours.Matches(c.Plain());

    // RFC 9112 §3.2.2: a server must take it.
    static bool AbsoluteForm(Answer recorded, Answer ours, AgentCircumstances c) =>
        c.Request.Target.StartsWith("http://", StringComparison.Ordinal) && ours.Matches(c.Plain());

    // The proxy in front appends the address that it saw; what comes before it the guest wrote.
    static bool LastAddressCounts(Answer recorded, Answer ours, AgentCircumstances c) =>
        recorded.Status == 500
        && c.Addresses.Length > 1
        && c.LastAddress is { } last
        && (c.WithAddress(last) is { } alone ? ours.Matches(alone) : ours.Status == 404);

    // The reference looks for the text that it was given, so another spelling of an address is another guest; a zone makes it fail.
    static bool AddressesAreCompared(Answer recorded, Answer ours, AgentCircumstances c) =>
        recorded.Status is 404 or 500
        && c.Addresses is [var one]
        && c.LastAddress is { } address
        && address != one
        && c.WithAddress(address) is { } alone
        && ours.Matches(alone);

    // The reference searches the whole cloud then (spec/neutron-metadata.md §3.4).
    static bool RouterWithoutNetworks(Answer recorded, Answer ours, AgentCircumstances c) =>
        c.HasRouter && !c.RouterHasInterfaces && recorded.IsSuccess && ours.Status == 404;

    static bool Unreachable(Answer recorded, Answer ours, AgentCircumstances c) =>
        c.IsDown && recorded.Status == 500 && ours.Status == 503 && ours.IsShortReason(c.Request.Method);

    static bool HalfAnAnswer(Answer recorded, Answer ours, AgentCircumstances c) =>
        c.BreaksOff && ours.Status == 500 && ours.IsShortReason(c.Request.Method);

    // The reference puts a page of its own in the place of the API's.
    static bool OwnPage(Answer recorded, Answer ours, AgentCircumstances c) =>
        recorded.Status is 400 or 403 or 404 or 409 or 500
        && recorded.Status == ours.Status
        && (
            c.Sent is { } sent
                ? ours.Matches(sent)
                : ours.Status is 400 or 409 && ours.ContentTypes.SequenceEqual(recorded.ContentTypes)
        )
        && ours.IsShortReason(c.Request.Method);

    // The reference knows a handful of statuses, makes 500 of the others, and follows redirects.
    static bool AnyStatus(Answer recorded, Answer ours, AgentCircumstances c) =>
        c.Sent is { } sent
        && ours.Matches(sent)
        && sent.Status is not (200 or 400 or 403 or 404 or 409 or 500)
        && (recorded.Status == 500 || sent.Status == 302);

    // The reference unpacks bodies, completes content types, and fails without one.
    static bool BytesInBytesOut(Answer recorded, Answer ours, AgentCircumstances c) =>
        c.Sent is { Status: 200 } sent && ours.Matches(sent);

    // A path that says what it was sent. The reference decodes and encodes targets; of the rest the four headers and the body are equal.
    static bool RawTarget(Answer recorded, Answer ours, AgentCircumstances c)
    {
        if (Echo(ours) is not { } now)
        {
            return false;
        }
        string[] known = ["Host", "Accept", "Content-Length", .. Proofs];
        return (string?)now["line"] == $"{c.Request.Method} {c.Request.Target} HTTP/1.1"
            && HeadersOf(now).All(header => known.Contains(header.Key))
            && (
                recorded.Status == 500
                || (
                    Echo(recorded) is { } then
                    && (string?)then["body"] == (string?)now["body"]
                    && Proofs.All(name => HeadersOf(then)[name] == HeadersOf(now)[name])
                )
            );
    }

    static bool CrashIsARefusal(Answer recorded, Answer ours, AgentCircumstances c) =>
        c is { Sent: null, IsDown: false, BreaksOff: false, SaysWho: true }
        && recorded.Status == 500
        && ours.Status is 400 or 404 or 405
        && ours.IsShortReason(c.Request.Method);

    // The API's answer to a preflight; the reference cannot pass it on.
    static bool NoContentType(Answer recorded, Answer ours, AgentCircumstances c) =>
        recorded.Status == 500 && ours is { Status: 200, ContentTypes.IsEmpty: true, Body.Length: 0 };

    static readonly string[] Proofs = ["X-Forwarded-For", "X-Instance-ID", "X-Tenant-ID", "X-Instance-ID-Signature"];

    static JsonObject? Echo(Answer answer)
    {
        try
        {
            return JsonNode.Parse(answer.Body) is JsonObject { Count: 3 } echo && echo.ContainsKey("line")
                ? echo
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static Dictionary<string, string> HeadersOf(JsonObject echo) =>
        echo["headers"]!.AsArray().ToDictionary(header => (string)header![0]!, header => (string)header![1]!);
}
