namespace Stackmeta.Edge;

/// <summary>How a process is started that has a user's rights and no others, from its first instruction on.</summary>
/// <remarks>
/// By setpriv (util-linux), before the program begins: a .NET program has threads before its first line runs, and
/// capabilities and no_new_privs belong to each thread (capabilities(7), prctl(2)).
/// </remarks>
static class UnprivilegedCommand
{
    /// <summary>What stands before the program and its arguments.</summary>
    public static string[] For(PosixUser user) =>
        [
            Executables.Find("setpriv"),
            "--reuid",
            $"{user.Uid}",
            "--regid",
            $"{user.Gid}",
            "--clear-groups",
            "--no-new-privs",
            "--bounding-set=-all",
            "--inh-caps=-all",
            "--ambient-caps=-all",
            "--",
        ];
}
