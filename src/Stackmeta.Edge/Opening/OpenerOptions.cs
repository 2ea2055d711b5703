namespace Stackmeta.Edge;

/// <summary>Who may ask an opener, and where.</summary>
public sealed record OpenerOptions
{
    /// <summary>The unix socket on which it is asked. Its folder must belong to root, so that nobody puts another in its place.</summary>
    public string SocketPath { get; init; } = "/run/stackmeta/opener.sock";

    /// <summary>The one user besides root who may ask; null for none.</summary>
    public string? User { get; init; }

    /// <summary>Take the sockets from an opener that lives, which then ends; else its life is an error.</summary>
    public bool TakeOver { get; init; }

    /// <summary>How long a predecessor may take to end after it has given its sockets; guests wait meanwhile.</summary>
    public TimeSpan HandoverPatience { get; init; } = TimeSpan.FromSeconds(15);
}
