namespace Stackmeta.Core.Supervision;

/// <summary>An exception on one short line.</summary>
static class FailureText
{
    const int MostCharacters = 300;

    /// <summary>Its type, its message, and where it came from; what to say of a loop that just ended when there is none.</summary>
    public static string Of(Exception? exception)
    {
        if (exception is null)
        {
            return "it ended by itself";
        }
        var origin = exception.StackTrace is { } trace ? trace.Split('\n', 2)[0].Trim() : "";
        var text = $"{exception.GetType().Name}: {exception.Message} {origin}".TrimEnd();
        return string.Concat(text.Select(static c => char.IsControl(c) ? ' ' : c).Take(MostCharacters));
    }
}
