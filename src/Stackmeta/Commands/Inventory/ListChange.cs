namespace Stackmeta;

/// <summary>How options change a list, as <c>openstack</c> does: they add, <c>--no-X</c> clears first, <c>unset</c> removes one.</summary>
static class ListChange
{
    /// <summary>What is there keeps its place, and what is said comes behind it, each once.</summary>
    public static IEnumerable<T> Add<T>(IEnumerable<T> present, bool isCleared, IEnumerable<T> said) =>
        (isCleared ? [] : present).Concat(said).Distinct();

    /// <summary>What is left without the items that are said.</summary>
    /// <exception cref="CommandException">One is not there.</exception>
    public static IEnumerable<T> Remove<T>(
        string option,
        IEnumerable<T> present,
        IEnumerable<string> said,
        Func<T, string, bool> isMeant
    )
    {
        var left = present.ToList();
        foreach (var text in said)
        {
            if (left.RemoveAll(item => isMeant(item, text)) == 0)
            {
                throw new CommandException($"There is no {option} '{text}' to remove.");
            }
        }
        return left;
    }
}
