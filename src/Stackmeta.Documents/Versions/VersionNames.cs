using System.Collections.Immutable;

namespace Stackmeta.Documents;

/// <summary>Looking a version up by its name.</summary>
static class VersionNames
{
    /// <summary>The index of a name, or -1. Searched from the end, where <c>latest</c> is, since nearly everyone asks for that.</summary>
    public static int IndexOf(ImmutableArray<string> names, ReadOnlySpan<char> name)
    {
        var index = names.Length - 1;
        while (index >= 0 && !name.SequenceEqual(names[index]))
        {
            index--;
        }
        return index;
    }
}
