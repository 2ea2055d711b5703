namespace Stackmeta.Edge.Tests;

/// <summary>The kernel's word of IPv6 addresses (rtnetlink(7)).</summary>
public sealed class Ipv6MessageTests
{
    const ushort NewAddress = 20;
    const ushort DeletedAddress = 21;

    [Theory]
    [InlineData(0x00, DuplicateDetection.Passed)]
    [InlineData(0x80, DuplicateDetection.Passed)]
    [InlineData(0x40, DuplicateDetection.Running)]
    [InlineData(0xc8, DuplicateDetection.Failed)]
    internal void An_address_is_read_with_how_its_duplicate_detection_stands(int flags, DuplicateDetection detection)
    {
        var messages = new List<Ipv6Message>();
        Assert.False(Ipv6Message.Parse(Message(NewAddress, (byte)flags), messages));
        Assert.Equal(new(MetadataAddress.Ipv6, 2, detection), Assert.Single(messages));
    }

    [Fact]
    public void Several_messages_come_in_one_datagram_and_the_last_ends_the_answer()
    {
        var messages = new List<Ipv6Message>();
        byte[] done = [20, 0, 0, 0, 3, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        byte[] datagram = [.. Message(NewAddress, 0x80), .. Message(DeletedAddress, 0x80), .. done];
        Assert.True(Ipv6Message.Parse(datagram, messages));
        Assert.Equal([DuplicateDetection.Passed, null], messages.Select(message => message.Detection));
    }

    [Fact]
    public void What_is_cut_short_or_something_else_is_passed_over()
    {
        var whole = Message(NewAddress, 0x80);
        for (var length = 0; length < whole.Length; length++)
        {
            var messages = new List<Ipv6Message>();
            Assert.False(Ipv6Message.Parse(whole.AsSpan(0, length), messages));
            Assert.Empty(messages);
        }
    }

    /// <summary>nlmsghdr, ifaddrmsg for interface 2, IFA_CACHEINFO, IFA_ADDRESS, IFA_FLAGS.</summary>
    static byte[] Message(ushort type, byte flags)
    {
        byte[] body =
        [
            .. (byte[])[10, 128, 0, 0xfd, 2, 0, 0, 0],
            .. (byte[])[20, 0, 6, 0, .. new byte[16]],
            .. (byte[])[20, 0, 1, 0, .. MetadataAddress.Ipv6.GetAddressBytes()],
            .. (byte[])[8, 0, 8, 0, flags, 0, 0, 0],
        ];
        return [(byte)(16 + body.Length), 0, 0, 0, (byte)type, 0, 0, 0, .. new byte[8], .. body];
    }
}
