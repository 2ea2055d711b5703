using System.Text;

namespace Stackmeta.ConfigDrive;

/// <summary>A child of a vfat directory: a file, or a directory of its own.</summary>
/// <param name="Alias">The eleven bytes of its 8.3 name.</param>
/// <param name="HasLongName">False if the alias says all.</param>
sealed record VfatChild(VolumeNode Node, byte[] Alias, bool HasLongName, VfatDirectory? Directory)
{
    /// <summary>0 for an empty file. Set once by <see cref="VfatDrive"/> for files; directories have their own.</summary>
    public int Cluster { get; set; }

    public int Entries => 1 + (HasLongName ? VfatEntries.Pieces(Node.Name) : 0);
}

/// <summary>A directory of the volume.</summary>
sealed class VfatDirectory
{
    readonly VfatDirectory? _parent;

    public VfatDirectory(VolumeFolder folder, VfatDirectory? parent)
    {
        _parent = parent;
        Path = folder.Path;
        var aliases = new VfatAliases(folder.Children);
        var children = new VfatChild[folder.Children.Count];
        for (var i = 0; i < children.Length; i++)
        {
            var node = folder.Children[i];
            var alias = aliases.For(node.Name, out var isWholeName);
            var directory = node is VolumeFolder sub ? new VfatDirectory(sub, this) : null;
            children[i] = new(node, alias, !isWholeName, directory);
        }
        Children = children;
    }

    public string Path { get; }

    public IReadOnlyList<VfatChild> Children { get; }

    /// <summary>0 for the root, which has its own place. Set once by <see cref="VfatDrive"/>.</summary>
    public int Cluster { get; set; }

    /// <summary>The root begins with the label, others with themselves and their parent.</summary>
    public int Entries => (_parent is null ? 1 : 2) + Children.Sum(child => child.Entries);

    public int Length => Entries * VfatGeometry.EntrySize;

    /// <param name="at">Room for <see cref="Length"/> bytes, all zero.</param>
    public void Render(Span<byte> at, string label, VfatTime time)
    {
        if (_parent is null)
        {
            at = VfatEntries.WriteShort(
                at,
                Encoding.ASCII.GetBytes(label.PadRight(11)),
                VfatEntries.IsLabel,
                0,
                0,
                time
            );
        }
        else
        {
            at = VfatEntries.WriteShort(at, ".          "u8, VfatEntries.IsDirectory, Cluster, 0, time);
            at = VfatEntries.WriteShort(at, "..         "u8, VfatEntries.IsDirectory, _parent.Cluster, 0, time);
        }
        foreach (var child in Children)
        {
            if (child.HasLongName)
            {
                at = VfatEntries.WriteLong(at, child.Node.Name, child.Alias);
            }
            at = child.Directory is { } directory
                ? VfatEntries.WriteShort(at, child.Alias, VfatEntries.IsDirectory, directory.Cluster, 0, time)
                : VfatEntries.WriteShort(
                    at,
                    child.Alias,
                    VfatEntries.IsArchive,
                    child.Cluster,
                    (uint)((VolumeLeaf)child.Node).Content.Length,
                    time
                );
        }
    }
}
