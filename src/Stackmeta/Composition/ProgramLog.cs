using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Stackmeta;

/// <summary>Where a long-running command logs: lines on stderr, which journald takes as they are.</summary>
static class ProgramLog
{
    /// <summary>Set by systemd for a unit whose stderr is the journal's (systemd.exec(5)).</summary>
    const string JournalVariable = "JOURNAL_STREAM";

    /// <summary>For a command that ends by itself.</summary>
    public static ILoggerFactory Create(SettingValues settings) =>
        Create(new LogThreshold(settings.Get(KnownSettings.LogLevel)), settings.Get(KnownSettings.LogFormat));

    /// <summary>For a command that stays.</summary>
    public static ILoggerFactory Create(LogThreshold threshold, LogFormat format = LogFormat.Text) =>
        LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(LogLevel.Trace);
            builder.AddFilter((category, level) => level >= threshold.Of(category));
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

/// <summary>From which weight on messages are logged; may be changed at any time.</summary>
sealed class LogThreshold(LogLevel level)
{
    volatile LogLevel _level = level;

    public LogLevel Level
    {
        get => _level;
        set => _level = value;
    }

    /// <summary>Of the framework's own messages only those count that are warnings at least.</summary>
    public LogLevel Of(string? category) =>
        category?.StartsWith("Microsoft", StringComparison.Ordinal) == true && Level < LogLevel.Warning
            ? LogLevel.Warning
            : Level;
}

/// <summary>How log lines look.</summary>
public enum LogFormat
{
    /// <summary>For people and journald.</summary>
    Text,

    /// <summary>A JSON object a line.</summary>
    Json,
}
