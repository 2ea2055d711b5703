using Microsoft.Extensions.Logging;

namespace Stackmeta.WebConsole;

/// <summary>The messages of the console: 9000 to 9999.</summary>
static partial class Log
{
    [LoggerMessage(9000, LogLevel.Error, "{Path} of the console failed.", EventName = "console-failed")]
    public static partial void Failed(ILogger logger, Exception exception, string path);

    [LoggerMessage(9001, LogLevel.Error, "A picture could not be drawn.", EventName = "picture-not-drawn")]
    public static partial void NotDrawn(ILogger logger, Exception exception);
}
