using Microsoft.Extensions.Logging;

namespace Stackmeta.Edge;

/// <summary>The place of one process, which may be empty. Changed by one caller at a time, read by anyone.</summary>
/// <param name="changed">Told whenever <see cref="Fault"/> may have changed by itself.</param>
sealed class SupervisedSlot(ProcessStarter starter, TimeProvider time, ILogger logger, Action changed)
{
    volatile SupervisedProcess? _process;

    /// <summary>Why the process does not serve; null while it does, and when there is none.</summary>
    public string? Fault => _process is { Fault: { } fault } process ? $"{process.Definition.Program} {fault}" : null;

    /// <summary>Whether the process there is of this definition.</summary>
    public bool Runs(ProcessDefinition definition) => _process?.Definition.IsSameAs(definition) == true;

    public void Signal(int signal) => _process?.Signal(signal);

    /// <summary>Ends the process there, if any, and starts another.</summary>
    /// <param name="between">Runs when the old one has ended.</param>
    public async Task ReplaceAsync(ProcessDefinition definition, Action? between = null)
    {
        await StopAsync();
        between?.Invoke();
        var process = new SupervisedProcess(definition, starter, time, logger, changed);
        _process = process;
        await process.StartAsync();
    }

    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
        }
    }
}
