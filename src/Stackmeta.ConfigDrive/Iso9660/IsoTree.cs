using System.Text;

namespace Stackmeta.ConfigDrive;

/// <summary>One of the drive's two directory trees. Both point to the same file extents.</summary>
sealed class IsoTree
{
    readonly Dictionary<VolumeContent, IsoExtent> _extents;

    IsoTree(bool joliet, Dictionary<VolumeContent, IsoExtent> extents)
    {
        IsJoliet = joliet;
        _extents = extents;
    }

    public bool IsJoliet { get; }

    /// <summary>
    /// All directories in path table order (ECMA-119 9.4.6.4): by level, then by parent, then by name. The root is the first.
    /// </summary>
    public List<IsoDirectory> Directories { get; } = [];

    /// <param name="extents">Filled with each content that is met for the first time, in the order of meeting.</param>
    public static IsoTree Build(VolumeTree tree, bool joliet, Dictionary<VolumeContent, IsoExtent> extents)
    {
        var built = new IsoTree(joliet, extents);
        built.Fill(tree.Root);
        return built;
    }

    void Fill(VolumeFolder rootFolder)
    {
        var folders = new Dictionary<IsoDirectory, VolumeFolder>();
        Append(new IsoDirectory([0], null), rootFolder);
        // Level by level: a directory's children are appended in their order, behind those of its elder siblings.
        for (var next = 0; next < Directories.Count; next++)
        {
            var directory = Directories[next];
            var folder = folders[directory];
            var children = Children(directory, folder);
            directory.Children = children.Select(pair => pair.Child).ToArray();
            foreach (var (child, node) in children)
            {
                if (child.Directory is { } sub)
                {
                    Append(sub, (VolumeFolder)node);
                }
            }
        }

        void Append(IsoDirectory directory, VolumeFolder folder)
        {
            Directories.Add(directory);
            directory.Number = Directories.Count;
            folders.Add(directory, folder);
        }
    }

    List<(IsoChild Child, VolumeNode Node)> Children(IsoDirectory directory, VolumeFolder folder)
    {
        var identifiers = IsJoliet ? JolietNames.For(folder.Children) : IsoNames.For(folder.Children);
        var children = new List<(IsoChild Child, VolumeNode Node)>(identifiers.Length);
        for (var i = 0; i < identifiers.Length; i++)
        {
            var node = folder.Children[i];
            var name = IsJoliet ? [] : Encoding.UTF8.GetBytes(node.Name);
            var child = node is VolumeLeaf leaf
                ? new IsoChild(identifiers[i], name, Extent(leaf), null)
                : new IsoChild(identifiers[i], name, null, new IsoDirectory(identifiers[i], directory));
            children.Add((child, node));
        }
        var order = IsJoliet ? IsoOrder.Joliet : IsoOrder.Plain;
        children.Sort((a, b) => order.Compare(a.Child, b.Child));
        return children;
    }

    IsoExtent Extent(VolumeLeaf leaf)
    {
        if (!_extents.TryGetValue(leaf.Content, out var extent))
        {
            extent = new IsoExtent(leaf.Content, leaf.Path);
            _extents.Add(leaf.Content, extent);
        }
        return extent;
    }
}
