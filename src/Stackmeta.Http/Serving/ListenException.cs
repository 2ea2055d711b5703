using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Stackmeta.Http;

/// <summary>A server could not listen. The message names the address and what to do, and is fit for an operator.</summary>
public sealed class ListenException : IOException
{
    public ListenException(string message)
        : base(message) { }

    public ListenException(string message, Exception cause)
        : base(message, cause) { }

    public ListenException() { }

    /// <summary>What is told of a failed start.</summary>
    /// <param name="cause">What has failed.</param>
    /// <param name="addresses">One of these could not be had.</param>
    internal static ListenException Of(Exception cause, IReadOnlyCollection<EndPoint> addresses)
    {
        if (cause is ListenException explained)
        {
            return explained;
        }
        if (cause.InnerException is AddressInUseException)
        {
            // Kestrel's sentence names which of the addresses it is.
            return new($"{cause.Message} Another program listens there; stop it or choose another address.", cause);
        }
        var all = string.Join(", ", addresses);
        return cause is SocketException { SocketErrorCode: var error }
            ? error switch
            {
                SocketError.AddressAlreadyInUse => new(
                    $"Cannot listen on {all}: the address is in use. Another program listens there; stop it or choose another address.",
                    cause
                ),
                SocketError.AddressNotAvailable => new(
                    $"Cannot listen on {all}: an address is not one of this host's.",
                    cause
                ),
                _ => new($"Cannot listen on {all}: {cause.Message}", cause),
            }
            : new($"Cannot listen on {all}: {cause.Message}", cause);
    }
}
