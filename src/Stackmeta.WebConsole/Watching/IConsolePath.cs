namespace Stackmeta.WebConsole;

/// <summary>What the console asks of the program: where the path runs, and the two questions about a guest.</summary>
public interface IConsolePath
{
    /// <summary>The processes that answer now; the caller disposes of them.</summary>
    /// <exception cref="ConsoleException">None does; the message says what to do.</exception>
    Task<IReadOnlyList<IAdminSocket>> FindAsync(CancellationToken cancellationToken);

    /// <summary>Walks the path of a guest's request, as <c>stackmeta explain</c> does.</summary>
    /// <returns>What <c>stackmeta explain --output json</c> prints.</returns>
    /// <exception cref="ConsoleException">It cannot be explained; the message says why.</exception>
    Task<string> ExplainAsync(GuestName guest, CancellationToken cancellationToken);

    /// <summary>Asks for a document in the guest's name.</summary>
    /// <exception cref="ConsoleException">Nobody can be asked; the message says why.</exception>
    Task<GuestDocument> ReadAsync(GuestName guest, string path, CancellationToken cancellationToken);
}

/// <summary>What a guest is told.</summary>
/// <param name="Status">The HTTP status code; 0 for no answer in time.</param>
/// <param name="Bytes">The body, as far as it is shown.</param>
public sealed record GuestDocument(int Status, ReadOnlyMemory<byte> Bytes);

/// <summary>Something that was asked for cannot be had. The message is a sentence for the operator.</summary>
public sealed class ConsoleException : Exception
{
    public ConsoleException(string message)
        : base(message) { }

    public ConsoleException(string message, Exception cause)
        : base(message, cause) { }

    public ConsoleException() { }
}
