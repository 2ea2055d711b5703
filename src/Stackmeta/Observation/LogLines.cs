using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Stackmeta;

/// <summary>
/// One line a message, as people and journald read them. In a unit, where journald takes stderr line by line (<c>JOURNAL_STREAM</c>),
/// the line begins with its priority (sd-daemon(3)) and has no time, which the journal has itself.
/// </summary>
sealed class LogLines(bool isJournal, TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "lines";

    /// <summary>Characters of a line, exception included: about what one screen takes.</summary>
    public const int MaxLength = 4000;

    public override void Write<TState>(
        in LogEntry<TState> logEntry,
        IExternalScopeProvider? scopeProvider,
        TextWriter textWriter
    )
    {
        var line = new StringBuilder();
        line.Append(
            isJournal
                ? PriorityOf(logEntry.LogLevel)
                : $"{time.GetLocalNow():HH:mm:ss.fff} {WordOf(logEntry.LogLevel)}: "
        );
        line.Append($"{logEntry.Category}[{logEntry.EventId.Id}] ");
        line.Append(logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is { } exception)
        {
            line.Append(' ').Append(exception);
        }
        textWriter.WriteLine(OneLine(line));
    }

    static string OneLine(StringBuilder line)
    {
        var cut = line.Length > MaxLength;
        line.Length = Math.Min(line.Length, MaxLength);
        line.Replace('\n', ' ').Replace('\r', ' ');
        return cut ? line + "..." : line.ToString();
    }

    static string PriorityOf(LogLevel level) =>
        level switch
        {
            LogLevel.Critical => "<2>",
            LogLevel.Error => "<3>",
            LogLevel.Warning => "<4>",
            LogLevel.Information => "<6>",
            _ => "<7>",
        };

    static string WordOf(LogLevel level) =>
        level switch
        {
            LogLevel.Critical => "crit",
            LogLevel.Error => "fail",
            LogLevel.Warning => "warn",
            LogLevel.Information => "info",
            _ => "dbug",
        };
}
