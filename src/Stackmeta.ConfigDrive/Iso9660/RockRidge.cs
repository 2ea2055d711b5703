using System.Text;

namespace Stackmeta.ConfigDrive;

/// <summary>
/// The system use entries of Rock Ridge (SUSP 1.12 and RRIP 1.09, the edition that genisoimage writes and every reader knows):
/// true name, mode and times behind each directory record. What finds no room in the record's 255 bytes goes to a
/// continuation area.
/// </summary>
static class RockRidge
{
    /// <summary>S_IFREG with 0444, as Nova's option <c>-r</c> gives.</summary>
    public const uint FileMode = 0x8124;

    /// <summary>S_IFDIR with 0555.</summary>
    public const uint DirectoryMode = 0x416d;

    const int SpLength = 7;
    const int RrLength = 5;
    const int PxLength = 36;
    const int TfLength = 5 + 3 * IsoTime.RecordLength;
    const int CeLength = 28;
    const int NmHeader = 5;

    // RRIP 4.1.4 (NM): the name goes on in a further NM entry.
    const byte NameContinues = 1;

    // RRIP 4.1.6 (TF): modification, access and attribute change.
    const byte ThreeTimes = 0x0e;

    // RRIP 1.09's RR entry: which others are there (later editions dropped it, readers of its time want it).
    const byte HasPxAndTf = 0x81;
    const byte HasName = 0x08;

    // The texts that RRIP 1.09 section 4.3 prescribes for its ER entry.
    static readonly byte[] _er = Er(
        "RRIP_1991A",
        "THE ROCK RIDGE INTERCHANGE PROTOCOL PROVIDES SUPPORT FOR POSIX FILE SYSTEM SEMANTICS",
        "PLEASE CONTACT DISC PUBLISHER FOR SPECIFICATION SOURCE.  SEE PUBLISHER IDENTIFIER IN PRIMARY VOLUME DESCRIPTOR FOR CONTACT INFORMATION."
    );

    /// <summary>How a name is divided between the record and the continuation area.</summary>
    /// <param name="Inline">Bytes of system use in the record.</param>
    /// <param name="InlineName">Bytes of the name in the record.</param>
    /// <param name="Continued">Bytes in the continuation area; 0 if there is none.</param>
    public readonly record struct Plan(int Inline, int InlineName, int Continued);

    /// <summary>The plan for a named record.</summary>
    /// <param name="room">Bytes left in the record behind its identifier.</param>
    /// <param name="name">Length of the name, at most 253 bytes (<see cref="IsoNameRules"/>).</param>
    public static Plan ForName(int room, int name)
    {
        const int Fixed = RrLength + PxLength + TfLength;
        if (Fixed + NmHeader + name <= room)
        {
            return new(Fixed + NmHeader + name, name, 0);
        }
        var inlineName = room - Fixed - CeLength - NmHeader;
        return new(Fixed + NmHeader + inlineName + CeLength, inlineName, NmHeader + name - inlineName);
    }

    /// <summary>The plan for a directory's own record and its parent's: no name, and at the root the announcement.</summary>
    public static Plan ForDot(bool announces) =>
        announces
            ? new(SpLength + RrLength + PxLength + TfLength + CeLength, 0, _er.Length)
            : new(RrLength + PxLength + TfLength, 0, 0);

    /// <summary>Where a continuation area lies.</summary>
    public readonly record struct Place(uint Sector, int Offset);

    /// <summary>Writes a named record's entries, and the rest of the name to <paramref name="area"/>.</summary>
    public static void WriteName(
        Span<byte> at,
        Span<byte> area,
        in Plan plan,
        Place place,
        ReadOnlySpan<byte> name,
        bool isDirectory,
        uint links,
        DateTimeOffset time
    )
    {
        at = WriteRr(at, HasPxAndTf | HasName);
        at = WriteNm(at, name[..plan.InlineName], plan.Continued > 0);
        at = WritePx(at, isDirectory ? DirectoryMode : FileMode, links);
        at = WriteTf(at, time);
        if (plan.Continued > 0)
        {
            WriteCe(at, place, plan.Continued);
            WriteNm(area, name[plan.InlineName..], continues: false);
        }
    }

    /// <summary>Writes the entries of a directory's own record or its parent's.</summary>
    public static void WriteDot(
        Span<byte> at,
        Span<byte> area,
        in Plan plan,
        Place place,
        uint links,
        DateTimeOffset time
    )
    {
        if (plan.Continued > 0)
        {
            "SP"u8.CopyTo(at);
            at[2] = SpLength;
            at[3] = 1;
            // SUSP 5.3: the check bytes; no bytes are skipped in other records.
            at[4] = 0xbe;
            at[5] = 0xef;
            at[6] = 0;
            at = at[SpLength..];
        }
        at = WriteRr(at, HasPxAndTf);
        at = WritePx(at, DirectoryMode, links);
        at = WriteTf(at, time);
        if (plan.Continued > 0)
        {
            WriteCe(at, place, plan.Continued);
            _er.CopyTo(area);
        }
    }

    static Span<byte> WriteRr(Span<byte> at, byte which)
    {
        "RR"u8.CopyTo(at);
        at[2] = RrLength;
        at[3] = 1;
        at[4] = which;
        return at[RrLength..];
    }

    static Span<byte> WriteNm(Span<byte> at, ReadOnlySpan<byte> name, bool continues)
    {
        "NM"u8.CopyTo(at);
        at[2] = (byte)(NmHeader + name.Length);
        at[3] = 1;
        at[4] = continues ? NameContinues : (byte)0;
        name.CopyTo(at[NmHeader..]);
        return at[(NmHeader + name.Length)..];
    }

    static Span<byte> WritePx(Span<byte> at, uint mode, uint links)
    {
        "PX"u8.CopyTo(at);
        at[2] = PxLength;
        at[3] = 1;
        IsoSector.WriteBoth32(at[4..], mode);
        IsoSector.WriteBoth32(at[12..], links);
        // Owner and group stay 0: root.
        at[20..PxLength].Clear();
        return at[PxLength..];
    }

    static Span<byte> WriteTf(Span<byte> at, DateTimeOffset time)
    {
        "TF"u8.CopyTo(at);
        at[2] = TfLength;
        at[3] = 1;
        at[4] = ThreeTimes;
        for (var i = 0; i < 3; i++)
        {
            IsoTime.WriteRecord(at[(5 + i * IsoTime.RecordLength)..], time);
        }
        return at[TfLength..];
    }

    static void WriteCe(Span<byte> at, Place place, int length)
    {
        "CE"u8.CopyTo(at);
        at[2] = CeLength;
        at[3] = 1;
        IsoSector.WriteBoth32(at[4..], place.Sector);
        IsoSector.WriteBoth32(at[12..], (uint)place.Offset);
        IsoSector.WriteBoth32(at[20..], (uint)length);
    }

    static byte[] Er(string identifier, string descriptor, string source)
    {
        byte[] lengths = [(byte)identifier.Length, (byte)descriptor.Length, (byte)source.Length];
        var texts = Encoding.ASCII.GetBytes(identifier + descriptor + source);
        return [.. "ER"u8, (byte)(8 + texts.Length), 1, .. lengths, 1, .. texts];
    }
}
