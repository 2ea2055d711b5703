using System.Globalization;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>One line on a terminal that tells how far an import has come; nothing where no terminal watches.</summary>
/// <param name="terminal">Null when none watches.</param>
/// <param name="length">Of the document; null when not known.</param>
sealed class ProgressLine(TextWriter? terminal, long? length) : IProgress<ImportProgress>, IDisposable
{
    // ECMA-48: erase in line, to its end.
    const string EraseLine = "\r\u001b[K";

    /// <summary>What was told last.</summary>
    public ImportProgress Last { get; private set; }

    /// <summary>For standard error of this process when a terminal shows it.</summary>
    public static ProgressLine Of(TextWriter error, long? length) =>
        new(ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected ? error : null, length);

    public void Report(ImportProgress value)
    {
        Last = value;
        var part = length is > 0 ? $" ({value.Bytes * 100 / length}%)" : "";
        var sent = value.Sent > 0 ? string.Create(CultureInfo.InvariantCulture, $", {value.Sent} rows sent") : "";
        terminal?.Write(string.Create(CultureInfo.InvariantCulture, $"{EraseLine}{value.Entries} entries{part}{sent}"));
    }

    public void Dispose() => terminal?.Write(EraseLine);
}
