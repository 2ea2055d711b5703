using Microsoft.Extensions.Logging;

namespace Stackmeta.Admin;

/// <summary>The messages of the admin socket: 8000 to 8999.</summary>
static partial class Log
{
    [LoggerMessage(8000, LogLevel.Error, "{Method} {Route} on the admin socket failed.", EventName = "admin-failed")]
    public static partial void Failed(ILogger logger, Exception exception, string method, string route);

    [LoggerMessage(
        8001,
        LogLevel.Error,
        "{Method} {Route} on the admin socket failed in the middle of the answer; the connection was broken.",
        EventName = "admin-broken"
    )]
    public static partial void Broken(ILogger logger, Exception exception, string method, string route);
}
