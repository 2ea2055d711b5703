namespace Stackmeta.Core.Logging;

/// <summary>An exception on one short line: what a client can cause must not fill the log with stack traces.</summary>
public static class FailureText
{
    const int MostCharacters = 300;

    /// <summary>Its type, its message, and where it came from.</summary>
    public static string Of(Exception exception)
    {
        var origin = exception.StackTrace?.Split('\n', 2)[0].Trim();
        var text = $"{exception.GetType().Name}: {exception.Message} {origin}".TrimEnd();
        return string.Concat(text.Take(MostCharacters).Select(static c => c is >= ' ' and <= '~' ? c : '?'));
    }
}
