namespace Stackmeta.Core.Files;

/// <summary>There is something that must not be replaced by a file: a device, a pipe, a socket or a folder.</summary>
public sealed class NotAFileException(string message) : IOException(message);
