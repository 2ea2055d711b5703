namespace Stackmeta.Documents;

/// <summary>The Content-Type of each answer, letter by letter as Nova sends it (spec/nova-metadata.md §1.7).</summary>
public static class ContentTypes
{
    /// <summary>Listings, EC2 leaves, user data even if binary, contents, and <c>network_data.json</c>.</summary>
    public const string Text = "text/plain; charset=UTF-8";

    /// <summary><c>meta_data.json</c> and both vendor data files; error pages for who prefers JSON.</summary>
    public const string Json = "application/json";

    /// <summary>The password, strange as it is; error pages for browsers and curl.</summary>
    public const string Html = "text/html; charset=UTF-8";
}
