using System.Net;
using CsCheck;

namespace Stackmeta.Edge.Tests;

public sealed class NeighbourMessageTests
{
    static readonly IPAddress Address = IPAddress.Parse("fe80::1234:5678:9abc:def0%2");

    /// <summary>A neighbour on interface 2 that was just heard from, as Linux lays it out.</summary>
    static readonly byte[] Answer = Convert.FromHexString(
        "4c0000001c0000000000000000000000"
            + "0a0000000200000002000001"
            + "14000100fe80000000000000123456789abcdef0"
            + "0a000200fa163e0000050000"
            + "080004000000000008000300"
    );

    [Fact]
    public void The_MAC_of_the_neighbour_is_read()
    {
        Assert.True(NeighbourMessage.TryRead(Answer, Address, out var mac));
        Assert.Equal("fa:16:3e:00:00:05", MacAddress.ToText(mac!));
    }

    [Theory]
    [InlineData(24, 0x01)]
    [InlineData(24, 0x20)]
    [InlineData(24, 0x00)]
    public void An_entry_that_is_not_valid_has_no_MAC(int place, byte state)
    {
        byte[] answer = [.. Answer];
        answer[place] = state;
        Assert.True(NeighbourMessage.TryRead(answer, Address, out var mac));
        Assert.Null(mac);
    }

    [Theory]
    [InlineData("fe80::1234:5678:9abc:def0%3")]
    [InlineData("fe80::1234:5678:9abc:def1%2")]
    public void News_of_another_neighbour_are_not_the_answer(string other) =>
        Assert.False(NeighbourMessage.TryRead(Answer, IPAddress.Parse(other), out _));

    [Fact]
    public void Whatever_comes_it_is_read_or_passed_over() =>
        Gen
            .Byte.Array[0, 200]
            .Sample(bytes =>
            {
                // The kernel's own head, and anything after it.
                Read(bytes);
                Read([.. Answer[..16], .. bytes]);
                Read([.. Answer[..28], .. bytes]);
            });

    static void Read(byte[] bytes)
    {
        try
        {
            NeighbourMessage.TryRead(bytes, Address, out _);
        }
        catch (EdgeException)
        {
            // An error that the kernel never has.
        }
    }

    /// <summary>struct nlmsgerr: its number, negative (ENOENT, ENODEV, EOPNOTSUPP).</summary>
    [Theory]
    [InlineData(-2, true)]
    [InlineData(-19, false)]
    [InlineData(-95, false)]
    public void That_there_is_none_is_told_from_that_nothing_is_told(int error, bool isTold)
    {
        byte[] answer = [36, 0, 0, 0, 2, 0, 0, 0, .. new byte[8], .. BitConverter.GetBytes(error), .. new byte[16]];
        if (isTold)
        {
            Assert.True(NeighbourMessage.TryRead(answer, Address, out var mac));
            Assert.Null(mac);
        }
        else
        {
            Assert.Throws<EdgeException>(() => NeighbourMessage.TryRead(answer, Address, out _));
        }
    }
}
