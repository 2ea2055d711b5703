using System.Buffers.Binary;
using System.Text;

namespace Stackmeta.ConfigDrive;

/// <summary>What the Rock Ridge entries behind a record say (SUSP, RRIP), continuation areas included.</summary>
sealed class RockRidgeEntries
{
    // A name of 253 bytes needs one area; this many allow for other makers' habits and bound a loop.
    const int MostAreas = 32;

    const int LongestName = 1024;

    const byte NameIsSelfOrParent = 6;

    const uint TypeMask = 0xf000;
    const uint TypeFolder = 0x4000;
    const uint TypeFile = 0x8000;

    // Bytes that are no UTF-8 still give a name: they are read as Latin-1.
    static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    readonly List<byte> _name = [];
    uint? _mode;

    /// <summary>Null if there is none, and then the plain name holds.</summary>
    public string? Name => _name.Count == 0 ? null : Decode([.. _name]);

    /// <summary>Where a folder went that genisoimage moved up for being too deep (CL), or null.</summary>
    public uint? MovedTo { get; private set; }

    /// <summary>Stands in another place than where it belongs (RE), and is found there by <see cref="MovedTo"/>.</summary>
    public bool IsMovedHere { get; private set; }

    public UnixFileMode? Mode => _mode is { } mode ? (UnixFileMode)(mode & 0xfff) : null;

    public DriveEntryKind? Kind =>
        (_mode & TypeMask) switch
        {
            null => null,
            TypeFile => DriveEntryKind.File,
            TypeFolder => DriveEntryKind.Folder,
            _ => DriveEntryKind.Other,
        };

    /// <exception cref="DriveException">An entry or area is broken.</exception>
    public static RockRidgeEntries Parse(ImageSource source, ReadOnlySpan<byte> systemUse)
    {
        var entries = new RockRidgeEntries();
        Span<byte> area = stackalloc byte[IsoSector.Size];
        var next = entries.Take(systemUse);
        for (var areas = 0; next is { } place; areas++)
        {
            if (areas == MostAreas || place.Length > IsoSector.Size)
            {
                throw ImageTree.Corrupt("a Rock Ridge continuation does not end");
            }
            var bytes = area[..(int)place.Length];
            source.Read(place.Sector * (long)IsoSector.Size + place.Offset, bytes, "a Rock Ridge continuation");
            next = entries.Take(bytes);
        }
        return entries;
    }

    readonly record struct Area(uint Sector, uint Offset, uint Length);

    Area? Take(ReadOnlySpan<byte> bytes)
    {
        Area? next = null;
        while (bytes.Length >= 4 && bytes[0] != 0)
        {
            int length = bytes[2];
            if (length < 4 || length > bytes.Length)
            {
                throw ImageTree.Corrupt("a Rock Ridge entry has a wrong length");
            }
            var signature = bytes[..2];
            var body = bytes[4..length];
            if (signature.SequenceEqual("ST"u8))
            {
                break;
            }
            if (signature.SequenceEqual("CE"u8) && body.Length >= 24)
            {
                next = new(Number(body), Number(body[8..]), Number(body[16..]));
            }
            else
            {
                Take(signature, body);
            }
            bytes = bytes[length..];
        }
        return next;
    }

    void Take(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> body)
    {
        if (signature.SequenceEqual("NM"u8) && body.Length >= 1 && (body[0] & NameIsSelfOrParent) == 0)
        {
            _name.AddRange(body[1..]);
            if (_name.Count > LongestName)
            {
                throw ImageTree.Corrupt($"a Rock Ridge name is longer than {LongestName} bytes");
            }
        }
        else if (signature.SequenceEqual("PX"u8) && body.Length >= 8)
        {
            _mode = Number(body);
        }
        else if (signature.SequenceEqual("CL"u8) && body.Length >= 8)
        {
            MovedTo = Number(body);
        }
        else if (signature.SequenceEqual("RE"u8))
        {
            IsMovedHere = true;
        }
        else if (signature.SequenceEqual("ZF"u8))
        {
            throw ImageTree.Unsupported("compressed files (zisofs)");
        }
    }

    static uint Number(ReadOnlySpan<byte> at) => BinaryPrimitives.ReadUInt32LittleEndian(at);

    static string Decode(byte[] name)
    {
        try
        {
            return _strict.GetString(name);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(name);
        }
    }
}
