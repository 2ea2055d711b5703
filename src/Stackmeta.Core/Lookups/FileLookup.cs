namespace Stackmeta.Core.Lookups;

/// <summary>
/// Files and directories, by <see cref="Lookup{T}"/>. The framework's own <c>File.Exists</c> and <c>Directory.Exists</c> answer no to every
/// error, and must not decide anything that is hard to undo.
/// </summary>
public static class FileLookup
{
    /// <summary>What lies at a path: itself, also if it is a link that leads nowhere.</summary>
    public static Lookup<FileAttributes> Find(string path) => Lookup.Of(() => File.GetAttributes(path));

    /// <summary>Whether something lies at a path.</summary>
    /// <exception cref="LookupException">One could not look.</exception>
    public static bool Exists(string path)
    {
        var found = Find(path);
        return found.IsUnknown
            ? throw new LookupException($"Cannot look whether {path} is there: {found.Reason}")
            : !found.IsAbsent;
    }

    /// <summary>The whole text of a file.</summary>
    public static Lookup<string> ReadText(string path) => Lookup.Of(() => File.ReadAllText(path));

    /// <summary>All bytes of a file, of /proc too.</summary>
    public static Lookup<byte[]> ReadBytes(string path) => Lookup.Of(() => File.ReadAllBytes(path));

    /// <summary>The paths of the files of a directory.</summary>
    public static Lookup<string[]> Files(string directory, string pattern = "*") =>
        Lookup.Of(() => Directory.GetFiles(directory, pattern));

    /// <summary>The paths of the directories of a directory.</summary>
    public static Lookup<string[]> Directories(string directory) =>
        Lookup.Of(() => Directory.GetDirectories(directory));
}
