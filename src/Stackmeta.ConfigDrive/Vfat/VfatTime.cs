namespace Stackmeta.ConfigDrive;

/// <summary>FAT's packed date and time, in UTC here: years from 1980, steps of two seconds.</summary>
readonly record struct VfatTime(ushort Date, ushort Time)
{
    public static VfatTime Of(DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        return new(
            (ushort)(((utc.Year - 1980) << 9) | (utc.Month << 5) | utc.Day),
            (ushort)((utc.Hour << 11) | (utc.Minute << 5) | (utc.Second / 2))
        );
    }
}
