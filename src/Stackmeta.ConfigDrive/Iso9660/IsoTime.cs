using System.Globalization;
using System.Text;

namespace Stackmeta.ConfigDrive;

/// <summary>The two ways in which ECMA-119 writes a time; always in UTC here.</summary>
static class IsoTime
{
    public const int RecordLength = 7;

    /// <summary>In directory records and Rock Ridge (9.1.5): a byte each, the year from 1900.</summary>
    public static void WriteRecord(Span<byte> at, DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        at[0] = (byte)(utc.Year - 1900);
        at[1] = (byte)utc.Month;
        at[2] = (byte)utc.Day;
        at[3] = (byte)utc.Hour;
        at[4] = (byte)utc.Minute;
        at[5] = (byte)utc.Second;
        at[6] = 0;
    }

    /// <summary>In volume descriptors (8.4.26.1): digits to hundredths of a second, then the offset from UTC.</summary>
    public static void WriteDescriptor(Span<byte> at, DateTimeOffset? time)
    {
        var digits =
            time?.UtcDateTime.ToString("yyyyMMddHHmmss00", CultureInfo.InvariantCulture) ?? new string('0', 16);
        Encoding.ASCII.GetBytes(digits, at);
        at[16] = 0;
    }
}
