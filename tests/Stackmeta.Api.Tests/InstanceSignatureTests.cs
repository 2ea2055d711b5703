using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Api.Tests;

/// <summary>Signing and checking (spec/nova-metadata.md §6.3, spec/neutron-metadata.md §3.6).</summary>
public sealed class InstanceSignatureTests
{
    [Theory]
    [InlineData("secret", "uuid1", "3b5421875d7ba0fc910202f5ce448d9419597e7b66f702b53335116fee60e81e")]
    [InlineData("s3cret", "inst-1", "0423ac5ab426fe85654f33cf6ebc38df4ce8ffe5bf842017ce9f21a5bd299eae")]
    public void It_is_the_hmac_that_others_compute(string secret, string id, string signature)
    {
        using var signer = new InstanceSignature(Encoding.UTF8.GetBytes(secret));
        Assert.Equal(signature, signer.Sign(id));
        // The kept hash is used again.
        Assert.Equal(signature, signer.Sign(id));
        Assert.True(signer.IsValid(id, signature));
    }

    [Fact]
    public void Any_id_under_any_secret_is_signed_as_the_library_does() =>
        Gen.Select(Gen.Byte.Array[0, 100], Gen.String[0, 400])
            .Sample(
                (secret, id) =>
                {
                    using var signer = new InstanceSignature(secret);
                    var expected = Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(id)));
                    return signer.Sign(id) == expected && signer.IsValid(id, expected);
                }
            );

    [Fact]
    public void No_other_text_is_taken_for_it() =>
        Gen.Select(Gen.Int[0, 63], Gen.Char)
            .Sample(
                (position, character) =>
                {
                    using var signer = new InstanceSignature("k"u8);
                    var right = signer.Sign("id");
                    var changed = right.ToCharArray();
                    changed[position] = character;
                    return signer.IsValid("id", changed) == (character == right[position]);
                }
            );

    [Fact]
    public void OSSA_2014_024_what_is_compared_has_one_length_whatever_was_sent()
    {
        using var signer = new InstanceSignature("k"u8);
        var right = signer.Sign("id");
        // A right beginning, a right end and a right middle are all wrong, and so is what only fills up with zeros.
        foreach (var length in (int[])[0, 1, 32, 63, 65, 128, 10_000])
        {
            Assert.False(signer.IsValid("id", right.PadRight(length, '\0').AsSpan(0, length)));
            Assert.False(signer.IsValid("id", right.PadRight(length, 'a').AsSpan(0, length)));
        }
        Assert.False(signer.IsValid("id", right + "\0"));
    }

    [Fact]
    public async Task Many_at_once_get_each_their_own()
    {
        using var signer = new InstanceSignature("k"u8);
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(worker =>
                    Task.Run(() =>
                    {
                        for (var i = 0; i < 2000; i++)
                        {
                            var id = $"{worker}-{i}";
                            Assert.Equal(
                                Convert.ToHexStringLower(HMACSHA256.HashData("k"u8, Encoding.UTF8.GetBytes(id))),
                                signer.Sign(id)
                            );
                        }
                    })
                )
        );
    }

    [Fact]
    public void A_check_costs_no_allocation()
    {
        using var signer = new InstanceSignature("k"u8);
        var right = signer.Sign(TestApi.Uuid);
        signer.IsValid(TestApi.Uuid, right);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            signer.IsValid(TestApi.Uuid, right);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
