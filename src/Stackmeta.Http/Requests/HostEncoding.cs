using System.Text;

namespace Stackmeta.Http;

/// <summary>
/// Decodes the Host header, leaving out the zone of a link-local address. Guests that ask over IPv6 with an older Python send
/// <c>Host: [fe80::a9fe:a9fe%eth0]</c> (spec/guest-clients.md, fact 5), which Kestrel would answer 400 before any of our code runs.
/// </summary>
/// <remarks>Nobody asks the Host header who is meant: there is one service behind the address.</remarks>
sealed class HostEncoding : Encoding
{
    public static HostEncoding Instance { get; } = new();

    public override int GetCharCount(byte[] bytes, int index, int count) =>
        WithoutZone(bytes.AsSpan(index, count)).Kept;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        var value = bytes.AsSpan(byteIndex, byteCount);
        var (start, end, kept) = WithoutZone(value);
        Latin1.GetChars(value[..start], chars.AsSpan(charIndex));
        Latin1.GetChars(value[end..], chars.AsSpan(charIndex + start));
        return kept;
    }

    public override int GetMaxCharCount(int byteCount) => byteCount;

    public override int GetByteCount(char[] chars, int index, int count) => Latin1.GetByteCount(chars, index, count);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetMaxByteCount(int charCount) => Latin1.GetMaxByteCount(charCount);

    /// <summary>The zone from its percent sign up to the closing bracket; an empty range when there is none.</summary>
    static (int Start, int End, int Kept) WithoutZone(ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty && value[0] == '[')
        {
            var end = value.IndexOf((byte)']');
            var start = value.IndexOf((byte)'%');
            if (start > 0 && start < end)
            {
                return (start, end, value.Length - (end - start));
            }
        }
        return (value.Length, value.Length, value.Length);
    }
}
