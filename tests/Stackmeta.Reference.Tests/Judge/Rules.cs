using System.Text;

namespace Stackmeta.Reference.Tests;

/// <summary>What a rule may look at beside the two answers.</summary>
/// <param name="Request">What was sent.</param>
/// <param name="Sibling">What was recorded for the same caller and a changed request; null when nothing was.</param>
/// <param name="Healthy">What other instances were given for the same request: status and content types.</param>
/// <param name="Password">The state of the password in a sequence; null elsewhere.</param>
sealed record Circumstances(
    SentRequest Request,
    Func<SiblingOf, Answer?> Sibling,
    IReadOnlySet<(int Status, string ContentTypes)> Healthy,
    PasswordState? Password
)
{
    /// <summary>
    /// Whether the reference fails because of what its databases hold: other instances get an answer to the same request.
    /// </summary>
    public bool FailsByState => Healthy.Any(answer => answer.Status == 200);
}

/// <summary>A change to a request.</summary>
sealed record SiblingOf(
    string? Method = null,
    string? Path = null,
    bool WithoutUnderscores = false,
    bool Trimmed = false
);

/// <summary>
/// The differences that docs/differences.md allows, each a named rule. None looks at a file's or an instance's name. The first that holds
/// is counted.
/// </summary>
static class Rules
{
    public static readonly (string Name, Func<Answer, Answer, Circumstances, bool> Holds)[] All =
    [
        ("crash becomes 4xx", CrashBecomes4xx),
        ("broken row becomes 5xx", BrokenRowBecomes5xx),
        ("broken row is not needed", BrokenRowIsNotNeeded),
        ("HEAD has no body", HeadHasNoBody),
        ("proper status line", ProperStatusLine),
        ("HTTP framing", Framing),
        ("target is no URI", TargetIsNoUri),
        ("blanks around headers", BlanksAroundHeaders),
        ("underscore headers", UnderscoreHeaders),
        ("newer OpenStack version", NewerOpenStackVersion),
        ("password by stored state", PasswordByStoredState),
    ];

    // The reference crashes on what the guest sent; a proper refusal says why.
    static bool CrashBecomes4xx(Answer recorded, Answer ours, Circumstances c) =>
        recorded.IsCrash
        && !c.FailsByState
        && ours.Status is 400 or 403 or 404 or 405 or 411 or 413
        && ours.IsShortReason(c.Request.Method);

    // A row is missing or broken, and the answer needs it.
    static bool BrokenRowBecomes5xx(Answer recorded, Answer ours, Circumstances c) =>
        recorded.IsCrash && c.FailsByState && ours.Status is 500 or 503 && ours.IsShortReason(c.Request.Method);

    // A row is missing or broken, and the answer does not need it: then it looks as other instances' answers do.
    static bool BrokenRowIsNotNeeded(Answer recorded, Answer ours, Circumstances c) =>
        recorded.IsCrash && c.FailsByState && c.Healthy.Contains((ours.Status, string.Join(' ', ours.ContentTypes)));

    static bool HeadHasNoBody(Answer recorded, Answer ours, Circumstances c)
    {
        if (c.Request.Method != "HEAD" || ours.Body.Length > 0)
        {
            return false;
        }
        bool Fits(Answer like) => ours.Status == like.Status && ours.ContentTypes.SequenceEqual(like.ContentTypes);
        return (recorded.Body.Length > 0 && Fits(recorded))
            || (c.Sibling(new(Method: "GET")) is { IsSuccess: true } get && Fits(get));
    }

    // The reference's server repeats a malformed protocol in its status line.
    static bool ProperStatusLine(Answer recorded, Answer ours, Circumstances c) =>
        recorded.HasOddStatusLine
        && (
            ours.Matches(recorded) || (ours.Status is 400 or 404 or 501 or 505 && ours.IsShortReason(c.Request.Method))
        );

    static bool Framing(Answer recorded, Answer ours, Circumstances c)
    {
        switch (c.Request.Malformation)
        {
            case Malformation.None:
                // A chunked password, which the reference cannot read and everybody else can.
                return recorded.IsCrash
                    && c.Password is { } password
                    && c.Request.Headers.Any(header =>
                        header.Key.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)
                    )
                    && password.Expects(c.Request, ours);
            case Malformation.BareLineFeeds or Malformation.Asterisk:
                return recorded.Status == 0 && ours.Status is 200 or 204 or 400 or 404 or 405 or 501;
            case Malformation.LargeHead:
                return ours.Status is 400 or 413 or 431;
            case Malformation.LongTarget:
                return ours.Status is 400 or 413 or 414 or 431;
            case Malformation.Protocol:
                return ours.Status is 400 or 505;
            default:
                return ours.Matches(c.Sibling(new(Path: c.Request.Target)))
                    || ours.Status is 400 or 501
                    || (recorded.Status == 0 && ours.Status == 0);
        }
    }

    static bool TargetIsNoUri(Answer recorded, Answer ours, Circumstances c) =>
        c.Request.HasBadTarget
        && ours.Status == 400
        && ours.IsShortReason(c.Request.Method)
        && (!recorded.IsSuccess || c.Request.HasForbiddenCharacter);

    // RFC 9110 §5.5: they are no part of the value; the reference's server keeps those behind it.
    static bool BlanksAroundHeaders(Answer recorded, Answer ours, Circumstances c) =>
        c.Request.Headers.Any(header => header.Value != header.Value.Trim(' ', '\t'))
        && ours.Matches(c.Sibling(new(Trimmed: true)));

    // X_Instance_ID is not X-Instance-ID.
    static bool UnderscoreHeaders(Answer recorded, Answer ours, Circumstances c) =>
        c.Request.Headers.Any(header => header.Key.Contains('_'))
        && ours.Matches(c.Sibling(new(WithoutUnderscores: true)));

    // 2025-04-04 is listed before latest, and answers as latest does.
    static bool NewerOpenStackVersion(Answer recorded, Answer ours, Circumstances c)
    {
        const string Newer = "2025-04-04";
        if (recorded.Status == 404 && c.Request.Path.Contains(Newer))
        {
            return ours.Matches(c.Sibling(new(Path: c.Request.Path.Replace(Newer, "latest"))));
        }
        return ListsNewerVersion(recorded, ours);
    }

    /// <summary>Whether ours is the recorded list of OpenStack versions with one more.</summary>
    internal static bool ListsNewerVersion(Answer recorded, Answer ours)
    {
        const string Newer = "2025-04-04";
        var list = Encoding.UTF8.GetString(recorded.Body);
        return list.Contains("2020-10-14\n")
            && list.EndsWith("latest", StringComparison.Ordinal)
            && ours.Matches(
                recorded with
                {
                    Body = Encoding.UTF8.GetBytes(list[..^"latest".Length] + Newer + "\nlatest"),
                }
            );
    }

    // The reference decided from a record that it had kept; ours follows what is stored.
    static bool PasswordByStoredState(Answer recorded, Answer ours, Circumstances c) =>
        c.Password is { MayDiffer: true } password && password.Expects(c.Request, ours);
}
