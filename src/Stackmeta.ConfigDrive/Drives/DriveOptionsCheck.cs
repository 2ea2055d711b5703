using System.Buffers;

namespace Stackmeta.ConfigDrive;

/// <summary>The limits of label, publisher and time.</summary>
static class DriveOptionsCheck
{
    // ECMA-119 8.4.7 gives the label 32 bytes, of which Joliet makes 16 characters.
    const int IsoLabelLength = 16;

    const int VfatLabelLength = 11;

    // ECMA-119 8.4.20 gives the publisher 128 bytes, of which Joliet makes 64 characters.
    const int PublisherLength = 64;

    // Microsoft's FAT specification: not allowed in short names, and a label is one.
    static readonly SearchValues<char> _notInVfatLabels = SearchValues.Create("\"*+,./:;<=>?[\\]|");

    public static void Check(DriveOptions options, List<DriveProblem> problems)
    {
        if (WhyLabelIsUnusable(options) is { } reason)
        {
            problems.Add(new(DriveRefusal.LabelUnusable, null, reason));
        }
        if (options.Publisher.Length > PublisherLength || !IsPrintable(options.Publisher))
        {
            problems.Add(new(DriveRefusal.PublisherUnusable, null));
        }
        // ECMA-119 9.1.5 counts years in a byte from 1900, FAT in seven bits from 1980.
        var (first, last) = options.Format is DriveFormat.Vfat ? (1980, 2107) : (1900, 2155);
        var year = options.Time.UtcDateTime.Year;
        if (year < first || year > last)
        {
            problems.Add(new(DriveRefusal.TimeOutOfRange, null, $"year {year} is not within {first} to {last}"));
        }
    }

    static string? WhyLabelIsUnusable(DriveOptions options)
    {
        var vfat = options.Format is DriveFormat.Vfat;
        var length = vfat ? VfatLabelLength : IsoLabelLength;
        if (options.Label.Length == 0 || options.Label.Length > length)
        {
            return $"it must have 1 to {length} characters";
        }
        if (!IsPrintable(options.Label) || options.Label.StartsWith(' ') || options.Label.EndsWith(' '))
        {
            return "it must be printable ASCII without a space at either end";
        }
        return vfat && options.Label.AsSpan().ContainsAny(_notInVfatLabels)
            ? "it contains a character that vfat labels cannot hold"
            : null;
    }

    static bool IsPrintable(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
