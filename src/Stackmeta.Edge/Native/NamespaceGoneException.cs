namespace Stackmeta.Edge;

/// <summary>There is no namespace of the name, by the kernel's own word; every other failure says nothing of that.</summary>
sealed class NamespaceGoneException(string message, Exception? innerException = null)
    : EdgeException(message, innerException);
