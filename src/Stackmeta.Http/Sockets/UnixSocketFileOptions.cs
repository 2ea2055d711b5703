namespace Stackmeta.Http;

/// <summary>Where a unix socket listens, and who may connect to it.</summary>
public sealed record UnixSocketFileOptions
{
    const UnixFileMode EverybodyPasses =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    /// <summary>Its folder is made when it is missing.</summary>
    public required string Path { get; init; }

    /// <summary>The socket's mode; connecting needs the right to write.</summary>
    public required UnixFileMode Mode { get; init; }

    /// <summary>Gives the socket's file another owner before anybody can connect; null leaves it.</summary>
    public Action<string>? SetOwner { get; init; }

    /// <summary>The mode of a folder that is made.</summary>
    public UnixFileMode FolderMode { get; init; } = EverybodyPasses;

    /// <summary>Connections that the kernel keeps until they are accepted; it caps this at <c>net.core.somaxconn</c>.</summary>
    public int Backlog { get; init; } = 4096;

    /// <summary>Take the path over from a process that lives.</summary>
    public bool TakeOver { get; init; }

    /// <summary>What is said to the operator when somebody listens on a path already.</summary>
    public required Func<string, string> Occupied { get; init; }
}
