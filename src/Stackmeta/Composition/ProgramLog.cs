using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Stackmeta;

/// <summary>Where a long-running command logs: lines on stderr, which journald takes as they are.</summary>
static class ProgramLog
{
    /// <summary>Set by systemd for a unit whose stderr is the journal's (systemd.exec(5)).</summary>
    const string JournalVariable = "JOURNAL_STREAM";

    public static ILoggerFactory Create(SettingValues settings) =>
        Create(settings.Get(KnownSettings.LogLevel), settings.Get(KnownSettings.LogFormat));

    public static ILoggerFactory Create(LogLevel level, LogFormat format = LogFormat.Text) =>
        LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(level);
            builder.AddFilter("Microsoft", LogLevel.Warning);
            var isJournal = Environment.GetEnvironmentVariable(JournalVariable) is { Length: > 0 };
            // Made here and not by the container, which would look for their constructors at run time.
            builder.Services.AddSingleton<ConsoleFormatter>(new LogLines(isJournal, TimeProvider.System));
            builder.Services.AddSingleton<ConsoleFormatter>(new LogJson(TimeProvider.System));
            builder.AddConsole(console =>
            {
                console.FormatterName = format == LogFormat.Json ? LogJson.FormatterName : LogLines.FormatterName;
                console.LogToStandardErrorThreshold = LogLevel.Trace;
                // Whoever reads the log and stops reading must not stop the guests.
                console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
            });
        });
}

/// <summary>How log lines look.</summary>
public enum LogFormat
{
    /// <summary>For people and journald.</summary>
    Text,

    /// <summary>A JSON object a line.</summary>
    Json,
}
