namespace Stackmeta;

/// <summary>Standard output is full, closed, or nobody reads it any more.</summary>
sealed class OutputException(string reason) : CommandException($"Standard output cannot be written: {reason}.");
