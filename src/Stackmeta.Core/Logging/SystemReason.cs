using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Stackmeta.Core.Lookups;

namespace Stackmeta.Core.Logging;

/// <summary>Why a file, socket or program could not be used, in the system's words: .NET's name its own types, and are longer.</summary>
public static class SystemReason
{
    /// <summary>The greatest number of errno.h.</summary>
    const int LastNumber = 133;

    const int NotThere = 2;
    const int NameTooLong = 36;

    /// <summary>Whether an exception says that a file cannot be used, a path of nothing or of impossible letters included.</summary>
    public static bool IsOfFile(Exception e) =>
        e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    /// <param name="e">What was thrown.</param>
    /// <param name="path">What was to be used: .NET calls a folder that is read as a file one without permission.</param>
    public static string Of(Exception e, string? path = null) =>
        e switch
        {
            _ when path is { Length: 0 } => "The path is empty",
            UnauthorizedAccessException when path is not null && IsFolder(path) => "It is a folder",
            FileNotFoundException or DirectoryNotFoundException => Words(NotThere),
            PathTooLongException => Words(NameTooLong),
            EndOfStreamException => "It ends too early",
            HttpIOException => "The answer was cut off",
            OperationCanceledException or TimeoutException => "It took too long",
            SocketException socket => socket.Message,
            Win32Exception native => Words(native.NativeErrorCode),
            HttpRequestException { InnerException: { } inner } => Of(inner),
            UnauthorizedAccessException { InnerException: { HResult: > 0 and <= LastNumber } inner } => Words(
                inner.HResult
            ),
            IOException { HResult: > 0 and <= LastNumber } => Words(e.HResult),
            IOException { InnerException: SocketException inner } => inner.Message,
            _ => e.Message.TrimEnd('.'),
        };

    static bool IsFolder(string path) =>
        FileLookup.Find(path).IsFound(out var attributes) && attributes.HasFlag(FileAttributes.Directory);

    static string Words(int number) => Marshal.GetPInvokeErrorMessage(number);
}
