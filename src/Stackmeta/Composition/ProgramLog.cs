using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Stackmeta;

/// <summary>Where a long-running command logs: lines on stderr, which journald takes as they are.</summary>
static class ProgramLog
{
    public static ILoggerFactory Create(LogLevel level) =>
        LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(level);
            builder.AddFilter("Microsoft", LogLevel.Warning);
            builder.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.ColorBehavior = LoggerColorBehavior.Disabled;
                console.TimestampFormat = "HH:mm:ss.fff ";
            });
            builder.Services.Configure<ConsoleLoggerOptions>(console =>
            {
                console.LogToStandardErrorThreshold = LogLevel.Trace;
                // Whoever reads the log and stops reading must not stop the guests.
                console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
            });
        });
}
