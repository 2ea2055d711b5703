using System.Buffers;
using System.Text;

namespace Stackmeta.ConfigDrive;

/// <summary>The folders and files of a drive, checked and in a fixed order: what the writers lay out.</summary>
sealed class VolumeTree
{
    readonly NameRules _rules;
    readonly List<DriveProblem> _problems;

    VolumeTree(NameRules rules, List<DriveProblem> problems)
    {
        _rules = rules;
        _problems = problems;
        Root = new("", null, rules.Names);
    }

    public VolumeFolder Root { get; }

    /// <summary>Builds the tree; whatever is wrong with a file is added to <paramref name="problems"/>, and the file is left out.</summary>
    public static VolumeTree Build(IEnumerable<VolumeFile> files, NameRules rules, List<DriveProblem> problems)
    {
        var tree = new VolumeTree(rules, problems);
        foreach (var file in files)
        {
            tree.Add(file);
        }
        tree.Root.Sort();
        return tree;
    }

    void Add(VolumeFile file)
    {
        if (WhatIsWrongWithPath(file.Path) is { } problem)
        {
            _problems.Add(problem);
            return;
        }
        var names = file.Path.Split('/');
        foreach (var name in names)
        {
            if (WhatIsWrongWithSegment(file.Path, name) is { } wrong)
            {
                _problems.Add(wrong);
                return;
            }
        }
        if (file.Content.Length > NameRules.LargestFile)
        {
            var detail = $"{file.Content.Length} bytes, a file has at most {NameRules.LargestFile}";
            _problems.Add(new(DriveRefusal.FileTooLarge, file.Path, detail));
            return;
        }
        Place(file, names);
    }

    void Place(VolumeFile file, string[] names)
    {
        var folder = Root;
        foreach (var name in names.AsSpan(0, names.Length - 1))
        {
            var there = folder.Find(name);
            if (there is null)
            {
                there = new VolumeFolder(name, folder, _rules.Names);
                folder.Add(there);
            }
            if (there is not VolumeFolder next || next.Name != name)
            {
                _problems.Add(Clash(file.Path, there, name));
                return;
            }
            folder = next;
        }
        var last = names[^1];
        if (folder.Find(last) is { } other)
        {
            var clash =
                other is VolumeLeaf && other.Name == last
                    ? new DriveProblem(DriveRefusal.PathTwice, file.Path)
                    : Clash(file.Path, other, last);
            _problems.Add(clash);
            return;
        }
        folder.Add(new VolumeLeaf(last, folder, file.Content));
    }

    static DriveProblem Clash(string path, VolumeNode there, string name) =>
        there.Name == name ? new(DriveRefusal.FileAsFolder, path) : new(DriveRefusal.PathTwiceByCase, path, there.Path);

    static DriveProblem? WhatIsWrongWithPath(string path)
    {
        if (path.Length == 0)
        {
            return new(DriveRefusal.PathEmpty, null);
        }
        if (path[0] == '/')
        {
            return new(DriveRefusal.PathAbsolute, path);
        }
        if (!IsUnicode(path))
        {
            return new(DriveRefusal.NameNotText, path);
        }
        var bytes = Encoding.UTF8.GetByteCount(path);
        return bytes > NameRules.LongestPath
            ? new(DriveRefusal.PathTooLong, path, $"{bytes} bytes of UTF-8, at most {NameRules.LongestPath}")
            : null;
    }

    DriveProblem? WhatIsWrongWithSegment(string path, string name) =>
        name switch
        {
            "" or "." => new(DriveRefusal.PathSegmentEmpty, path),
            ".." => new(DriveRefusal.PathOutsideTree, path),
            _ => _rules.Check(path, name),
        };

    static bool IsUnicode(string text)
    {
        if (Ascii.IsValid(text))
        {
            return true;
        }
        for (var rest = text.AsSpan(); rest.Length > 0; )
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var used) is not OperationStatus.Done)
            {
                return false;
            }
            rest = rest[used..];
        }
        return true;
    }
}
