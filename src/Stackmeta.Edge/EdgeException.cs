namespace Stackmeta.Edge;

/// <summary>The edge cannot do what was asked, for a reason that an operator can act upon. The message is one sentence.</summary>
public class EdgeException : Exception
{
    public EdgeException() { }

    public EdgeException(string message)
        : base(message) { }

    public EdgeException(string message, Exception? innerException)
        : base(message, innerException) { }
}
