namespace Stackmeta.ConfigDrive;

/// <summary>A folder or a file in the tree to be written.</summary>
abstract class VolumeNode(string name, VolumeFolder? parent)
{
    public string Name => name;

    /// <summary>Null for the root.</summary>
    public VolumeFolder? Parent => parent;

    /// <summary>As in <see cref="VolumeFile.Path"/>; empty for the root.</summary>
    public string Path => parent is null or { Parent: null } ? name : $"{parent.Path}/{name}";
}

/// <summary>A file.</summary>
sealed class VolumeLeaf(string name, VolumeFolder parent, VolumeContent content) : VolumeNode(name, parent)
{
    public VolumeContent Content => content;
}

/// <summary>A folder. Grows while the tree is built, then is sorted once and no more changed.</summary>
/// <param name="names">Which names are one.</param>
sealed class VolumeFolder(string name, VolumeFolder? parent, StringComparer names) : VolumeNode(name, parent)
{
    readonly Dictionary<string, VolumeNode> _byName = new(names);

    /// <summary>By name, so that the order in which files were given leaves no trace.</summary>
    public IReadOnlyList<VolumeNode> Children { get; private set; } = [];

    /// <summary>The child of this name, or of one that is the same to the format's readers.</summary>
    public VolumeNode? Find(string childName) => _byName.GetValueOrDefault(childName);

    public void Add(VolumeNode child) => _byName.Add(child.Name, child);

    /// <summary>Sorts this folder and all below. Depth is bounded by <see cref="NameRules.LongestPath"/>.</summary>
    public void Sort()
    {
        var children = _byName.Values.ToArray();
        Array.Sort(children, (a, b) => string.CompareOrdinal(a.Name, b.Name));
        Children = children;
        foreach (var child in children)
        {
            (child as VolumeFolder)?.Sort();
        }
    }
}
