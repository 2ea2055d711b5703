using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Stackmeta.Http;

namespace Stackmeta.Edge;

/// <summary>One connection of who may ask an opener: a question, its answer, the next question.</summary>
/// <param name="connection">Stays the caller's.</param>
/// <param name="peer">Process and user at its other end.</param>
/// <param name="succeeded">Ended when a successor has everything.</param>
sealed class OpenerSession(
    Socket connection,
    (int Process, uint User) peer,
    OpenerAnswers answers,
    ServingPlace place,
    OpenerRefusalLog refusals,
    TaskCompletionSource succeeded,
    ILogger logger
)
{
    readonly byte[] _buffer = new byte[OpenerMessage.LongestMessage];

    /// <summary>Answers until the peer ends, or says what cannot be understood.</summary>
    /// <exception cref="IOException">The peer is gone, or does not read.</exception>
    public async Task AnswerAllAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // Only looked at: .NET's own receive would lose the descriptor.
            await connection.ReceiveAsync(_buffer, SocketFlags.Peek, cancellationToken);
            var (length, given) = DescriptorMessage.Receive(connection, _buffer);
            using var _ = given;
            if (length == 0)
            {
                return;
            }
            if (length < 0 || OpenerMessage.Read(_buffer.AsSpan(0, length)) is not { } question)
            {
                refusals.Tell(OpenerRefusal.Malformed, peer);
                Answer(OpenerRefusal.Malformed);
                return;
            }
            if (question.Kind == OpenerMessageKind.TakeOver && MayTakeOver)
            {
                await GiveAllAsync(cancellationToken);
                // The connection stays open: by its end the successor sees that this process has ended.
                succeeded.TrySetResult();
                continue;
            }
            if (question.Kind == OpenerMessageKind.Serve)
            {
                TakePlace();
                continue;
            }
            await AnswerAsync(question, given, cancellationToken);
        }
    }

    /// <summary>Who serves must not leave because its successor, or itself, could not be looked at: that one asks again.</summary>
    void TakePlace()
    {
        var startedAt = ProcessTable.ReadStart(peer.Process);
        if (startedAt.IsUnknown)
        {
            refusals.Tell(OpenerRefusal.System, peer);
            Answer(OpenerRefusal.System);
            return;
        }
        Answer(OpenerRefusal.None);
        place.Take(connection, peer.Process, startedAt.OrDefault());
    }

    /// <summary>Who has this opener's rights anyway.</summary>
    bool MayTakeOver => peer.User == 0 || peer.User == Libc.GetEffectiveUser();

    async Task AnswerAsync(OpenerMessage question, Descriptor? given, CancellationToken cancellationToken)
    {
        var (refusal, descriptor) = await answers.ToAsync(question, given, cancellationToken);
        using (descriptor)
        {
            if (refusal != OpenerRefusal.None)
            {
                refusals.Tell(refusal, peer, question.Namespace, question.EndPoint);
            }
            Answer(refusal, descriptor);
        }
    }

    async Task GiveAllAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var (name, descriptor) in answers.OpenAll())
        {
            using (descriptor)
            {
                new OpenerMessage(OpenerMessageKind.Keep, name.Namespace, name.EndPoint).SendTo(connection, descriptor);
            }
            await connection.ReceiveAsync(_buffer, cancellationToken);
            count++;
        }
        Answer(OpenerRefusal.None);
        Log.TakenOver(logger, peer.Process, count);
    }

    void Answer(OpenerRefusal refusal, Descriptor? descriptor = null) =>
        new OpenerMessage(OpenerMessageKind.Answer, Refusal: refusal).SendTo(connection, descriptor);
}
