using System.Buffers.Binary;
using System.Text;

namespace Stackmeta.ConfigDrive;

/// <summary>The volume descriptors at sectors 16 to 18 (ECMA-119 8): primary, Joliet's supplementary, terminator.</summary>
static class IsoDescriptor
{
    const byte Primary = 1;
    const byte Supplementary = 2;
    const byte Terminator = 255;

    /// <summary>Where one tree's parts lie.</summary>
    /// <param name="VolumeSectors">Of the whole drive.</param>
    public sealed record Places(uint VolumeSectors, uint LittleTable, uint BigTable);

    public static byte[] Render(IsoTree tree, IsoRecords records, Places places, DriveOptions options)
    {
        var sector = New(tree.IsJoliet ? Supplementary : Primary);
        var at = sector.AsSpan();
        Text(at[8..40], "LINUX", tree.IsJoliet);
        Text(at[40..72], options.Label, tree.IsJoliet);
        IsoSector.WriteBoth32(at[80..], places.VolumeSectors);
        if (tree.IsJoliet)
        {
            // Joliet, "Escape sequences": UCS-2 level 3.
            "%/E"u8.CopyTo(at[88..]);
        }
        // Volume set size, sequence number, block size.
        IsoSector.WriteBoth16(at[120..], 1);
        IsoSector.WriteBoth16(at[124..], 1);
        IsoSector.WriteBoth16(at[128..], IsoSector.Size);
        IsoSector.WriteBoth32(at[132..], (uint)IsoPathTable.Length(tree));
        BinaryPrimitives.WriteUInt32LittleEndian(at[140..], places.LittleTable);
        BinaryPrimitives.WriteUInt32BigEndian(at[148..], places.BigTable);
        records.RenderRoot(tree.Directories[0], at[156..190]);
        // Volume set, publisher, preparer, application; then copyright, abstract and bibliographic file.
        Text(at[190..318], "", tree.IsJoliet);
        Text(at[318..446], options.Publisher, tree.IsJoliet);
        Text(at[446..574], "", tree.IsJoliet);
        Text(at[574..702], "STACKMETA", tree.IsJoliet);
        Text(at[702..739], "", tree.IsJoliet);
        Text(at[739..776], "", tree.IsJoliet);
        Text(at[776..813], "", tree.IsJoliet);
        // Created, modified, expires never, effective.
        IsoTime.WriteDescriptor(at[813..], options.Time);
        IsoTime.WriteDescriptor(at[830..], options.Time);
        IsoTime.WriteDescriptor(at[847..], null);
        IsoTime.WriteDescriptor(at[864..], options.Time);
        // File structure version.
        at[881] = 1;
        return sector;
    }

    public static byte[] RenderTerminator() => New(Terminator);

    static byte[] New(byte type)
    {
        var sector = new byte[IsoSector.Size];
        sector[0] = type;
        "CD001"u8.CopyTo(sector.AsSpan(1));
        sector[6] = 1;
        return sector;
    }

    // Padded with spaces. A Joliet field of odd length ends in a zero byte.
    static void Text(Span<byte> field, string text, bool joliet)
    {
        if (!joliet)
        {
            field.Fill((byte)' ');
            Encoding.ASCII.GetBytes(text, field);
            return;
        }
        for (var i = 0; i + 1 < field.Length; i += 2)
        {
            BinaryPrimitives.WriteUInt16BigEndian(field[i..], i / 2 < text.Length ? text[i / 2] : ' ');
        }
    }
}
