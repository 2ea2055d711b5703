using System.Buffers;
using System.Collections.Immutable;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Documents;

/// <summary>Finds what an EC2 path names in an instance and writes it as text (spec/nova-metadata.md §1.3, §4).</summary>
static class Ec2Document
{
    /// <summary>An entry that is no key of its directory but what listings call the directory.</summary>
    public const string TitleEntry = "_name";

    const string BelowUserData = Ec2Keys.UserData + "/";

    public static Refusal Render(
        in MetadataDocument document,
        Instance instance,
        in Ec2Scope scope,
        IBufferWriter<byte> output
    )
    {
        var path = document.Path.AsSpan();
        if (path is Ec2Keys.UserData)
        {
            return DocumentRenderer.RenderUserData(instance, output);
        }
        if (path.StartsWith(BelowUserData))
        {
            return instance.HasUserData && !path[BelowUserData.Length..].Contains('/')
                ? Refusal.PathBelowLeaf
                : Refusal.PathNotFound;
        }
        if (path.IsEmpty)
        {
            output.Write(instance.HasUserData ? "meta-data/\nuser-data"u8 : "meta-data/"u8);
            return Refusal.None;
        }
        if (path is Ec2Keys.MetaData)
        {
            return WriteKeys(document.Version, instance, scope, output);
        }

        var value = Find(path, document.Version, instance, scope);
        switch (value.Kind)
        {
            case Ec2ValueKind.Absent:
                return Refusal.PathNotFound;
            case Ec2ValueKind.Refused:
                return value.Refusal;
            default:
                var text = new Utf8Output(output);
                WriteValue(ref text, value);
                text.Flush();
                return Refusal.None;
        }
    }

    /// <summary>Walks down from <c>meta-data/</c>.</summary>
    static Ec2Value Find(ReadOnlySpan<char> path, int version, Instance instance, in Ec2Scope scope)
    {
        var segments = path.Split('/');
        segments.MoveNext();
        if (path[segments.Current] is not Ec2Keys.MetaData || !segments.MoveNext())
        {
            return Ec2Value.Absent;
        }
        if (Ec2Keys.Find(path[segments.Current]) is not { } key || key.Since > version)
        {
            return Ec2Value.Absent;
        }
        var value = key.Read(instance, scope);
        while (segments.MoveNext())
        {
            var name = segments.Current;
            value =
                value.Kind == Ec2ValueKind.Directory
                    ? Child(value, path[name])
                    : BelowLeaf(value, path[name], isLast: name.End.GetOffset(path.Length) == path.Length);
        }
        return value;
    }

    /// <summary>
    /// There is nothing below a leaf. Where Nova crashes is told from where it does not find, since what becomes of OPTIONS differs.
    /// </summary>
    static Ec2Value BelowLeaf(in Ec2Value leaf, ReadOnlySpan<char> name, bool isLast) =>
        leaf.Kind switch
        {
            Ec2ValueKind.Refused when leaf.Refusal == Refusal.PathBelowLeaf => leaf,
            Ec2ValueKind.Absent or Ec2ValueKind.Refused => Ec2Value.Absent,
            Ec2ValueKind.Names => leaf.Names.AsSpan().Contains(name.ToString())
                ? Ec2Value.Refused(Refusal.PathBelowLeaf)
                : Ec2Value.Absent,
            _ => isLast ? Ec2Value.Refused(Refusal.PathBelowLeaf) : Ec2Value.Absent,
        };

    static Ec2Value Child(in Ec2Value directory, ReadOnlySpan<char> name)
    {
        if (directory.Kind == Ec2ValueKind.Directory)
        {
            foreach (var entry in directory.Entries)
            {
                if (name.SequenceEqual(entry.Name))
                {
                    return entry.Value;
                }
            }
        }
        return Ec2Value.Absent;
    }

    static Refusal WriteKeys(int version, Instance instance, in Ec2Scope scope, IBufferWriter<byte> output)
    {
        var text = new Utf8Output(output);
        var first = true;
        foreach (var key in Ec2Keys.Sorted)
        {
            if (key.Since <= version && key.Read(instance, scope) is { Kind: not Ec2ValueKind.Absent } value)
            {
                WriteListed(ref text, new(key.Name, value), ref first);
            }
        }
        text.Flush();
        return Refusal.None;
    }

    static void WriteValue(ref Utf8Output text, in Ec2Value value)
    {
        switch (value.Kind)
        {
            case Ec2ValueKind.Null:
                text.Write("None"u8);
                break;
            case Ec2ValueKind.Text:
                text.Write(value.Text);
                text.Write(value.Suffix);
                break;
            case Ec2ValueKind.Number:
                text.Write(value.Number);
                break;
            case Ec2ValueKind.Id:
                text.Write(value.Text);
                text.Write(value.Number, "x8");
                break;
            case Ec2ValueKind.Names:
                WriteNames(ref text, value.Names);
                break;
            case Ec2ValueKind.Directory:
                var first = true;
                foreach (var entry in value.Entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name)))
                {
                    WriteListed(ref text, entry, ref first);
                }
                break;
        }
    }

    static void WriteNames(ref Utf8Output text, ImmutableArray<string> names)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (i > 0)
            {
                text.Write((byte)'\n');
            }
            text.Write(names[i]);
        }
    }

    /// <summary>A line of a listing: a leaf's name, a directory's name and a slash, or the directory's title.</summary>
    static void WriteListed(ref Utf8Output text, in Ec2Entry entry, ref bool first)
    {
        if (entry.Name == TitleEntry)
        {
            return;
        }
        if (!first)
        {
            text.Write((byte)'\n');
        }
        first = false;
        if (Child(entry.Value, TitleEntry) is { Kind: not Ec2ValueKind.Absent } title)
        {
            WriteValue(ref text, title);
            return;
        }
        text.Write(entry.Name);
        if (entry.Value.Kind == Ec2ValueKind.Directory)
        {
            text.Write((byte)'/');
        }
    }
}
