namespace Stackmeta.ConfigDrive;

/// <summary>The names given out in one folder of one name space, and numbers for those that have to step aside.</summary>
/// <param name="same">Which names are one to the name space's readers.</param>
sealed class TakenNames(IEqualityComparer<string> same)
{
    readonly HashSet<string> _taken = new(same);

    // The number to try next, by what stands around it: else a folder of many similar names would cost the square of its size.
    readonly Dictionary<string, int> _next = new(StringComparer.Ordinal);

    /// <summary>Whether the name was free, and now is taken.</summary>
    public bool Take(string name) => _taken.Add(name);

    /// <summary>Takes the first free name of a row.</summary>
    /// <param name="row">What all names of the row have in common.</param>
    /// <param name="first">The number that the row begins with.</param>
    /// <param name="nameOf">The name that a number gives.</param>
    public string TakeNumbered(string row, int first, Func<int, string> nameOf)
    {
        for (var number = _next.GetValueOrDefault(row, first); ; number++)
        {
            var name = nameOf(number);
            if (_taken.Add(name))
            {
                _next[row] = number + 1;
                return name;
            }
        }
    }
}
