using System.Globalization;

namespace Stackmeta;

/// <summary>The terminal that standard output is, if it is one.</summary>
static class Terminal
{
    /// <summary>How many characters fit on its line; null where nothing limits a line: in files, pipes and tests.</summary>
    public static int? WidthOf(TextWriter output)
    {
        if (output is Frame frame)
        {
            return frame.Width;
        }
        if (!ReferenceEquals(output, Console.Out) || Console.IsOutputRedirected)
        {
            return null;
        }
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : null;
        }
        catch (Exception e) when (e is IOException or PlatformNotSupportedException)
        {
            return null;
        }
    }

    /// <summary>A text that a terminal of some width will show as a whole.</summary>
    public sealed class Frame(int? width) : StringWriter(CultureInfo.InvariantCulture)
    {
        public int? Width => width;
    }
}
