namespace Stackmeta;

/// <summary>What is said of one link.</summary>
enum LinkState
{
    Fine,
    Broken,

    /// <summary>It could not be seen from here, or a link before it must be mended first.</summary>
    NotLookedAt,
}

/// <summary>One link of the path, judged.</summary>
/// <param name="Link">Which.</param>
/// <param name="State">How it is.</param>
/// <param name="Detail">What was seen, in a few words: of a broken link what is wrong, of one that was not looked at why not.</param>
/// <param name="Finding">Why it is broken; null when it is not.</param>
sealed record LinkVerdict(PathLink Link, LinkState State, string Detail, Finding? Finding = null)
{
    public static LinkVerdict Fine(PathLink link, string detail) => new(link, LinkState.Fine, detail);

    public static LinkVerdict NotLookedAt(PathLink link, string why) => new(link, LinkState.NotLookedAt, why);

    public static LinkVerdict Broken(Finding finding, string detail) =>
        new(FindingDescription.Of(finding).Link, LinkState.Broken, detail, finding);
}
