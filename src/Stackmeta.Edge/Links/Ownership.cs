namespace Stackmeta.Edge;

/// <summary>
/// How the kernel remembers what this installation made for which network: each bridge, each end on it and each namespace's
/// loopback carries an alias with the network's id and the run directory. Nothing without it is ever changed or removed,
/// nor anything of another network: names are cut, so two networks may come to the same one.
/// </summary>
static class Ownership
{
    /// <summary>IFALIASZ of linux/if.h is 256, the final zero included.</summary>
    const int LongestAlias = 255;

    /// <summary>The alias of what is made for a network or router.</summary>
    public static string MarkOf(Guid id, string runDirectory) => $"stackmeta:{id}:{runDirectory}";

    /// <summary>Whether an alias is the mark of that network or router, of whichever run directory.</summary>
    public static bool IsOf(Guid id, string? alias) =>
        alias?.StartsWith(MarkOf(id, ""), StringComparison.Ordinal) == true;

    /// <summary>The run directory of who made what carries this mark; null when it is none of that network's or router's.</summary>
    public static string? RunDirectoryOf(Guid id, string? alias) =>
        IsOf(id, alias) ? alias![MarkOf(id, "").Length..] : null;

    /// <summary>The alias of an interface of somebody else's that is attached to the bridge for a port.</summary>
    public static string MarkOfPort(Guid portId) => $"{PortPrefix}{portId}";

    /// <summary>The port that an interface is attached for; null when the alias says none.</summary>
    public static Guid? PortOf(string? alias) =>
        alias?.StartsWith(PortPrefix, StringComparison.Ordinal) == true
        && Guid.TryParse(alias.AsSpan(PortPrefix.Length), out var id)
            ? id
            : null;

    const string PortPrefix = "stackmeta-port:";

    /// <summary>Whether marks with this run directory fit.</summary>
    public static bool Fits(string runDirectory) =>
        System.Text.Encoding.UTF8.GetByteCount(MarkOf(Guid.Empty, runDirectory)) <= LongestAlias;
}
