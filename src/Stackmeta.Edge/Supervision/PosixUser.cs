namespace Stackmeta.Edge;

/// <summary>A user of this machine (man 5 passwd).</summary>
sealed record PosixUser(uint Uid, uint Gid)
{
    const string Database = "/etc/passwd";
    const string Fallback = "nobody";

    /// <summary>Debian's and the kernel's overflow ids, for a machine without a user <c>nobody</c>.</summary>
    static readonly PosixUser Nobody = new(65534, 65534);

    /// <summary>The user of that name, or <c>nobody</c>: the packages make their users, but not on every system.</summary>
    public static PosixUser FindOrNobody(string name) => Find(name) ?? Find(Fallback) ?? Nobody;

    /// <summary>The user of that name; null if there is none.</summary>
    public static PosixUser? Find(string name)
    {
        foreach (var line in File.Exists(Database) ? File.ReadLines(Database) : [])
        {
            if (
                line.Split(':') is [var user, _, var uid, var gid, ..]
                && user == name
                && uint.TryParse(uid, out var u)
                && uint.TryParse(gid, out var g)
            )
            {
                return new(u, g);
            }
        }
        return null;
    }
}
