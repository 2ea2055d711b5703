namespace Stackmeta.Inventory;

/// <summary>The ids of entries that share a name, so that one of them can be chosen at once.</summary>
static class NamedIds
{
    /// <summary>A sentence with more ids is not read to its end.</summary>
    public const int Most = 8;

    /// <param name="noun">What they are, for example <c>network</c>.</param>
    /// <param name="name">The name that they share.</param>
    /// <param name="ids">At least two.</param>
    public static string Sentence(string noun, string name, IReadOnlyCollection<string> ids)
    {
        var more = ids.Count > Most ? " and more" : "";
        return $"several {noun}s are named {TextRules.Quote(name)}; use the id: {string.Join(", ", ids.Take(Most))}{more}";
    }
}
