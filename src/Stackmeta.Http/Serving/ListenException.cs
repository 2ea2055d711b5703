namespace Stackmeta.Http;

/// <summary>A server could not listen. The message names the address and what to do, and is fit for an operator.</summary>
public sealed class ListenException : IOException
{
    public ListenException(string message)
        : base(message) { }

    public ListenException(string message, Exception cause)
        : base(message, cause) { }

    public ListenException() { }
}
