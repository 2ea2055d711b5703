using System.Net;
using CsCheck;

namespace Stackmeta.Edge.Tests;

/// <summary>The bytes between opener and serving process.</summary>
public sealed class OpenerMessageTests
{
    static readonly Gen<IPEndPoint?> EndPoints = Gen.OneOf(
        Gen.Const((IPEndPoint?)null),
        Gen.Select(Gen.Byte.Array[4], Gen.UShort, (bytes, port) => (IPEndPoint?)new(new IPAddress(bytes), port)),
        Gen.Select(
            Gen.Byte.Array[16],
            Gen.UInt,
            Gen.UShort,
            (bytes, scope, port) => (IPEndPoint?)new(new IPAddress(bytes, scope), port)
        )
    );

    static readonly Gen<OpenerMessage> Messages = Gen.Select(
        Gen.Enum<OpenerMessageKind>(),
        Gen.Char['!', '~'].Array[0, OpenerMessage.LongestName].Select(characters => new string(characters)),
        EndPoints,
        Gen.Enum<OpenerRefusal>(),
        (kind, name, endPoint, refusal) => new OpenerMessage(kind, name, endPoint, refusal)
    );

    static byte[] Write(OpenerMessage message)
    {
        var buffer = new byte[OpenerMessage.LongestMessage];
        return buffer[..message.Write(buffer)];
    }

    [Fact]
    public void What_is_written_is_read() => Messages.Sample(message => OpenerMessage.Read(Write(message)) == message);

    [Fact]
    public void Bytes_are_a_message_in_one_form_only() =>
        Gen.Select(Messages, Gen.Int[0, OpenerMessage.LongestMessage - 1], Gen.Byte)
            .Sample(
                (message, place, value) =>
                {
                    var bytes = Write(message);
                    bytes[place % bytes.Length] = value;
                    return OpenerMessage.Read(bytes) is not { } read || Write(read).SequenceEqual(bytes);
                }
            );

    [Fact]
    public void Any_bytes_are_read_or_refused() =>
        Gen
            .Byte.Array[0, 2 * OpenerMessage.LongestMessage]
            .Sample(bytes => OpenerMessage.Read(bytes) is not { } read || Write(read).SequenceEqual(bytes));

    [Fact]
    public void A_message_that_is_cut_short_or_goes_on_is_none() =>
        Gen.Select(Messages, Gen.Int[0, OpenerMessage.LongestMessage])
            .Sample(
                (message, length) =>
                {
                    var bytes = Write(message);
                    Array.Resize(ref bytes, length == bytes.Length ? length + 1 : length);
                    return OpenerMessage.Read(bytes) is null;
                }
            );

    [Theory]
    [InlineData("qdhcp-ü")]
    [InlineData("qdhcp-00000000-0000-0000-0000-000000000000-and-more-than-there-is-room")]
    public void A_name_that_no_opener_knows_is_not_sent(string name) =>
        Assert.Throws<OpenerRefusedException>(() => Write(new(OpenerMessageKind.Listen, name)));
}
