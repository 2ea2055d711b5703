using System.ComponentModel;
using System.Net.Sockets;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>What an opener answers to a question of who may ask: a socket, or why not.</summary>
/// <param name="sockets">Where sockets are opened.</param>
/// <param name="held">What is kept of them.</param>
sealed class OpenerAnswers(INamespaceSockets sockets, HeldSockets held)
{
    /// <summary>Answers a question.</summary>
    /// <param name="given">The descriptor that came with it; stays the caller's.</param>
    /// <returns>The descriptor to give is the caller's to dispose of.</returns>
    public async Task<(OpenerRefusal Refusal, Descriptor? Descriptor)> ToAsync(
        OpenerMessage question,
        Descriptor? given,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return Check(question) is var refusal and not OpenerRefusal.None
                ? (refusal, null)
                : await AnswerAsync(question, given, cancellationToken);
        }
        catch (Exception e) when (e is EdgeException or Win32Exception or SocketException)
        {
            return (ReasonOf(e), null);
        }
    }

    /// <summary>All that is kept, one after the other, each the caller's to dispose of.</summary>
    public IEnumerable<(HeldName Name, Descriptor Descriptor)> OpenAll()
    {
        foreach (var name in held.Names)
        {
            if (held.Open(name) is { } descriptor)
            {
                yield return (name, descriptor);
            }
        }
    }

    async Task<(OpenerRefusal Refusal, Descriptor? Descriptor)> AnswerAsync(
        OpenerMessage question,
        Descriptor? given,
        CancellationToken cancellationToken
    )
    {
        var (@namespace, endPoint) = (question.Namespace, question.EndPoint);
        switch (question.Kind)
        {
            case OpenerMessageKind.Listen:
                using (var socket = await sockets.ListenAsync(@namespace, endPoint!, cancellationToken))
                {
                    return (OpenerRefusal.None, Descriptor.Of(socket));
                }
            case OpenerMessageKind.WatchIpv6:
                using (var socket = await sockets.WatchIpv6Async(@namespace, cancellationToken))
                {
                    return (OpenerRefusal.None, Descriptor.Of(socket));
                }
            case OpenerMessageKind.Keep when given is not null:
                return (held.Adopt(new(@namespace, endPoint!), given), null);
            case OpenerMessageKind.Forget:
                held.Forget(@namespace);
                return default;
            case OpenerMessageKind.Serve:
                return default;
            default:
                return (OpenerRefusal.Malformed, null);
        }
    }

    /// <summary>
    /// Whether the rules allow it. A process that stands for haproxy was started by Neutron's agents, who are root there.
    /// </summary>
    static OpenerRefusal Check(OpenerMessage question)
    {
        var refusal = question.Kind switch
        {
            OpenerMessageKind.Listen or OpenerMessageKind.Keep => OpenerRules.Check(
                question.Namespace,
                question.EndPoint
            ),
            OpenerMessageKind.WatchIpv6 => OpenerRules.CheckNamespace(question.Namespace),
            _ => OpenerRefusal.None,
        };
        if (
            refusal != OpenerRefusal.None
            || OpenerRules.ProcessOf(question.Namespace) is not { } process
            || question.Kind == OpenerMessageKind.Forget
        )
        {
            return refusal;
        }
        var placeholder = Placeholder.Find(process);
        return placeholder.IsUnknown ? OpenerRefusal.System
            : placeholder.IsAbsent ? OpenerRefusal.NotAMetadataNamespace
            : OpenerRefusal.None;
    }

    static OpenerRefusal ReasonOf(Exception e) =>
        e switch
        {
            OpenerRefusedException refused => refused.Refusal,
            { InnerException: SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } } =>
                OpenerRefusal.AddressInUse,
            NamespaceGoneException => OpenerRefusal.NamespaceGone,
            _ => OpenerRefusal.System,
        };
}
