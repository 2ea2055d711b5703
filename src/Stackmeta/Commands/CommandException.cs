namespace Stackmeta;

/// <summary>A command cannot go on. The message is one sentence for the user, which says what to do.</summary>
public class CommandException(string message, int exitCode = ExitCodes.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
