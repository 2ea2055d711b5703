using System.Security.Cryptography;
using System.Text;

namespace Stackmeta.Core.Refusals;

/// <summary>
/// The proof that an instance id comes from an agent that shares the API's secret: lower-case hex HMAC-SHA256 of the id
/// (spec/nova-metadata.md §6.3, spec/neutron-metadata.md §3.6). An empty secret is legal and still signs.
/// </summary>
public sealed class InstanceSignature : IDisposable
{
    /// <summary>Characters of a signature.</summary>
    public const int Length = 64;

    const int LongestIdOnStack = 256;

    readonly byte[] _secret;

    // Taken and put back with Interlocked.Exchange; whoever finds it gone makes another.
    IncrementalHash? _spare;

    /// <param name="secret">The shared secret's bytes; copied.</param>
    public InstanceSignature(ReadOnlySpan<byte> secret) => _secret = secret.ToArray();

    /// <summary>The signature of an instance id.</summary>
    public string Sign(string instanceId)
    {
        Span<byte> hex = stackalloc byte[Length];
        Sign(instanceId, hex);
        return Encoding.ASCII.GetString(hex);
    }

    /// <summary>Whether <paramref name="sent"/> is the signature of <paramref name="instanceId"/>.</summary>
    /// <remarks>
    /// OSSA-2014-024: two buffers of <see cref="Length"/> bytes are compared in constant time whatever was sent; a longer,
    /// shorter, non-ASCII or empty text takes the same way and fails.
    /// </remarks>
    public bool IsValid(string instanceId, ReadOnlySpan<char> sent)
    {
        Span<byte> expected = stackalloc byte[Length];
        Span<byte> given = stackalloc byte[Length];
        Sign(instanceId, expected);
        given.Clear();
        for (var i = 0; i < Length && i < sent.Length; i++)
        {
            given[i] = sent[i] <= '\x7f' ? (byte)sent[i] : (byte)0xff;
        }
        return CryptographicOperations.FixedTimeEquals(expected, given) & sent.Length == Length;
    }

    /// <summary>
    /// Why <paramref name="sent"/> proves nothing: <see cref="Refusal.SignatureWrong"/> or <see cref="Refusal.SignatureNotAscii"/>;
    /// <see cref="Refusal.None"/> if it does.
    /// </summary>
    public Refusal Check(string instanceId, ReadOnlySpan<char> sent) =>
        IsValid(instanceId, sent) ? Refusal.None
        : Ascii.IsValid(sent) ? Refusal.SignatureWrong
        : Refusal.SignatureNotAscii;

    public void Dispose() => Interlocked.Exchange(ref _spare, null)?.Dispose();

    void Sign(string instanceId, Span<byte> hex)
    {
        var size = Encoding.UTF8.GetMaxByteCount(instanceId.Length);
        var id = size <= LongestIdOnStack ? stackalloc byte[LongestIdOnStack] : new byte[size];
        id = id[..Encoding.UTF8.GetBytes(instanceId, id)];

        var hmac =
            Interlocked.Exchange(ref _spare, null) ?? IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _secret);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        hmac.AppendData(id);
        hmac.GetHashAndReset(hash);
        Interlocked.Exchange(ref _spare, hmac)?.Dispose();

        Convert.TryToHexStringLower(hash, hex, out _);
    }
}
