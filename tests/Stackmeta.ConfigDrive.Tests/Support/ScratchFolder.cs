namespace Stackmeta.ConfigDrive.Tests;

/// <summary>A folder of the test's own, gone when the test ends.</summary>
sealed class ScratchFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("stackmeta-drive-").FullName;

    public string this[string name] => Path.Combine(Root, name);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>Lays a file set out as a folder, as input for other makers' tools.</summary>
    public string Lay(string name, IEnumerable<(string Path, byte[] Bytes)> files)
    {
        var folder = Directory.CreateDirectory(this[name]).FullName;
        foreach (var (path, bytes) in files)
        {
            var target = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, bytes);
        }
        return folder;
    }
}
