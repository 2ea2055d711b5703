using System.Buffers;
using System.Text;

namespace Stackmeta.ConfigDrive;

/// <summary>What a format demands of a single name.</summary>
abstract class NameRules
{
    /// <summary>Our own bound: with a mount point in front a path still fits Linux's PATH_MAX of 4096 bytes many times over.</summary>
    public const int LongestPath = 1024;

    /// <summary>ISO 9660 writes 32-bit lengths and one extent a file; FAT writes 32-bit lengths.</summary>
    public const long LargestFile = uint.MaxValue;

    /// <summary>Which names are one to the format's readers.</summary>
    public abstract StringComparer Names { get; }

    /// <summary>Null if the format can hold the name, which is not empty, <c>.</c> or <c>..</c> and holds no <c>/</c>.</summary>
    public abstract DriveProblem? Check(string path, string name);
}

/// <summary>Rock Ridge carries any bytes; what binds is Linux.</summary>
sealed class IsoNameRules : NameRules
{
    // Linux drops a Rock Ridge name of 254 bytes or more (fs/isofs/rock.c, get_rock_ridge_filename).
    const int LongestName = 253;

    public override StringComparer Names => StringComparer.Ordinal;

    public override DriveProblem? Check(string path, string name)
    {
        if (name.Contains('\0'))
        {
            return new(DriveRefusal.NameCharacter, path, "a NUL");
        }
        var bytes = Encoding.UTF8.GetByteCount(name);
        return bytes > LongestName
            ? new(DriveRefusal.NameTooLong, path, $"{bytes} bytes of UTF-8, Linux reads at most {LongestName}")
            : null;
    }
}

/// <summary>Long names as Windows defined them: UTF-16, compared without case.</summary>
sealed class VfatNameRules : NameRules
{
    const int LongestName = 255;

    // Microsoft's FAT specification, "Long Directory Entries": these and all control characters.
    static readonly SearchValues<char> _notInNames = SearchValues.Create([
        .. Enumerable.Range(0, ' ').Select(static code => (char)code),
        .. "\"*:<>?\\|\u007f",
    ]);

    public override StringComparer Names => StringComparer.OrdinalIgnoreCase;

    public override DriveProblem? Check(string path, string name)
    {
        if (name.Length > LongestName)
        {
            return new(DriveRefusal.NameTooLong, path, $"{name.Length} UTF-16 units, vfat holds {LongestName}");
        }
        if (name.AsSpan().IndexOfAny(_notInNames) is var at and >= 0)
        {
            var shown = char.IsControl(name[at]) ? $"the control character 0x{(int)name[at]:x2}" : $"'{name[at]}'";
            return new(DriveRefusal.NameCharacter, path, shown);
        }
        return name[^1] is '.' or ' ' ? new(DriveRefusal.NameEnding, path) : null;
    }
}
