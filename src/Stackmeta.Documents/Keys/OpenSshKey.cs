using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Stackmeta.Documents;

/// <summary>
/// One line of an OpenSSH public key file: type, base64, comment (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4, OpenSSH's PROTOCOL.u2f).
/// </summary>
static class OpenSshKey
{
    const int Ed25519Bytes = 32;
    const int SmallestModulus = 1024;
    const int LargestModulus = 16384;

    static readonly string[] _types =
    [
        "ssh-ed25519",
        "ssh-rsa",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com",
        "ssh-dss",
    ];

    /// <summary>What is wrong with a line, to be put behind its number; null if nothing is.</summary>
    public static string? FindFault(string line)
    {
        if (line.Any(static letter => char.IsControl(letter) && letter != '\t'))
        {
            return "holds a control character";
        }
        var words = line.Split([' ', '\t'], 3, StringSplitOptions.RemoveEmptyEntries);
        if (!_types.Contains(words[0]))
        {
            return $"does not begin with a key type ({string.Join(", ", _types)})";
        }
        if (words.Length == 1)
        {
            return "has no key behind its type";
        }
        Span<byte> bytes = new byte[words[1].Length];
        if (!Convert.TryFromBase64String(words[1], bytes, out var length))
        {
            return "has a key that is not base64: it is cut or has a line break";
        }
        return FindFault(words[0], bytes[..length]);
    }

    static string? FindFault(string type, ReadOnlySpan<byte> blob)
    {
        var fields = new Fields(blob);
        if (!fields.TryTake(out var inner) || !inner.SequenceEqual(Encoding.ASCII.GetBytes(type)))
        {
            return $"says {type}, and its key is of another type or cut";
        }
        var fault = type switch
        {
            "ssh-rsa" => FindRsaFault(ref fields),
            "ssh-dss" => fields.TryTake(out _)
            && fields.TryTake(out _)
            && fields.TryTake(out _)
            && fields.TryTake(out _)
                ? null
                : IsCut,
            "ssh-ed25519" => FindEd25519Fault(ref fields),
            "sk-ssh-ed25519@openssh.com" => FindEd25519Fault(ref fields) ?? FindApplicationFault(ref fields),
            "ecdsa-sha2-nistp256" => FindCurveFault(ref fields, "nistp256", 65),
            "ecdsa-sha2-nistp384" => FindCurveFault(ref fields, "nistp384", 97),
            "ecdsa-sha2-nistp521" => FindCurveFault(ref fields, "nistp521", 133),
            _ => FindCurveFault(ref fields, "nistp256", 65) ?? FindApplicationFault(ref fields),
        };
        return fault ?? (fields.IsAtEnd ? null : "has a key that is longer than its type allows");
    }

    const string IsCut = "has a key that is shorter than its type needs";

    static string? FindRsaFault(ref Fields fields)
    {
        if (!fields.TryTake(out var exponent) || exponent.IsEmpty || !fields.TryTake(out var modulus))
        {
            return IsCut;
        }
        var bits = new BigInteger(modulus, isUnsigned: true, isBigEndian: true).GetBitLength();
        return bits is < SmallestModulus or > LargestModulus
            ? $"has an RSA key of {bits} bits, and must have {SmallestModulus} to {LargestModulus}"
            : null;
    }

    static string? FindEd25519Fault(ref Fields fields) =>
        fields.TryTake(out var key) && key.Length == Ed25519Bytes
            ? null
            : "has an Ed25519 key that is not 32 bytes long";

    static string? FindCurveFault(ref Fields fields, string curve, int length) =>
        fields.TryTake(out var name)
        && name.SequenceEqual(Encoding.ASCII.GetBytes(curve))
        && fields.TryTake(out var point)
        && point.Length == length
        // SEC 1 §2.3.3: an uncompressed point.
        && point[0] == 4
            ? null
            : $"has a key that is no point of the curve {curve}";

    static string? FindApplicationFault(ref Fields fields) =>
        fields.TryTake(out var application) && !application.IsEmpty ? null : IsCut;

    /// <summary>Strings of RFC 4251 §5: a length of four bytes, then so many.</summary>
    ref struct Fields(ReadOnlySpan<byte> left)
    {
        ReadOnlySpan<byte> _left = left;

        public readonly bool IsAtEnd => _left.IsEmpty;

        public bool TryTake(out ReadOnlySpan<byte> field)
        {
            field = default;
            if (_left.Length < sizeof(uint))
            {
                return false;
            }
            var length = BinaryPrimitives.ReadUInt32BigEndian(_left);
            if (length > _left.Length - sizeof(uint))
            {
                return false;
            }
            field = _left.Slice(sizeof(uint), (int)length);
            _left = _left[(sizeof(uint) + (int)length)..];
            return true;
        }
    }
}
