using System.Net;

namespace Stackmeta.Edge;

/// <summary>Why an opener does not give a socket. The numbers go over the wire and are never used again.</summary>
enum OpenerRefusal : byte
{
    None = 0,

    /// <summary>Bytes that are no message, or one that is not for an opener.</summary>
    Malformed = 1,

    /// <summary>Who asks is neither root nor the user that may.</summary>
    Stranger = 2,

    /// <summary>The name is none of a network, of a router or of a process that stands for one.</summary>
    NotAMetadataNamespace = 3,

    /// <summary>The address and port are none that metadata is served on there.</summary>
    NotAMetadataAddress = 4,

    /// <summary>The name leads to the host's own network.</summary>
    HostNamespace = 5,

    /// <summary>There is no such namespace now.</summary>
    NamespaceGone = 6,

    /// <summary>Another program listens there.</summary>
    AddressInUse = 7,

    /// <summary>What is to be kept is not the listening socket that it is said to be.</summary>
    NotThatSocket = 8,

    /// <summary>The kernel refuses, for the reason whose number is told.</summary>
    System = 9,
}

/// <summary>The sentences for <see cref="OpenerRefusal"/>.</summary>
static class OpenerRefusals
{
    /// <summary>One sentence for the operator.</summary>
    public static string Explain(OpenerRefusal refusal, string @namespace, IPEndPoint? endPoint) =>
        refusal switch
        {
            OpenerRefusal.Stranger => "the opener serves another user",
            OpenerRefusal.NotAMetadataNamespace => $"{@namespace} is no namespace that metadata is served in",
            OpenerRefusal.NotAMetadataAddress => $"{endPoint} is no address that metadata is served on in {@namespace}",
            OpenerRefusal.HostNamespace => $"{@namespace} is the host's own network",
            OpenerRefusal.NamespaceGone => $"namespace {@namespace} is not there",
            OpenerRefusal.AddressInUse => $"another program listens on {endPoint} in {@namespace}",
            OpenerRefusal.NotThatSocket => $"what was given does not listen on {endPoint} in {@namespace}",
            OpenerRefusal.System => $"the kernel gives no socket on {endPoint} in {@namespace}",
            _ => "the opener does not understand what it was asked",
        };
}

/// <summary>A refusal on its way to who asked.</summary>
sealed class OpenerRefusedException(
    OpenerRefusal refusal,
    string @namespace,
    IPEndPoint? endPoint,
    Exception? innerException = null
) : EdgeException(OpenerRefusals.Explain(refusal, @namespace, endPoint), innerException)
{
    public OpenerRefusal Refusal => refusal;
}
