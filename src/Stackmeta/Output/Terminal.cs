namespace Stackmeta;

/// <summary>The terminal that standard output is, if it is one.</summary>
static class Terminal
{
    /// <summary>How many characters fit on its line; null where nothing limits a line: in files, pipes and tests.</summary>
    public static int? WidthOf(TextWriter output)
    {
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
}
