using System.Text;

namespace Stackmeta.Bench.Load;

/// <summary>
/// What an answer must be, byte for byte, for any guest: the answer of one guest, cut where it holds what tells guests apart. So a
/// guest who is given another's document is noticed, and so is any byte too many, too few or other.
/// </summary>
public sealed class AnswerTemplate
{
    /// <summary>512 random bytes in base64, other ones in each answer (spec/nova-metadata.md §2.1).</summary>
    const int SeedLength = 684;

    const string SeedKey = "\"random_seed\": \"";
    const int Seed = -1;
    const int Literal = -2;

    readonly int _status;
    readonly List<(int Value, byte[] Text)> _parts = [];
    readonly Action<int, byte[]>? _taker;

    AnswerTemplate(int status, Action<int, byte[]>? taker = null)
    {
        _status = status;
        _taker = taker;
    }

    /// <summary>Anything is right, and given away.</summary>
    internal static AnswerTemplate Taking(Action<int, byte[]> taker) => new(0, taker);

    /// <summary>Cuts a guest's answer.</summary>
    /// <param name="status">The status that it had.</param>
    /// <param name="body">Its body.</param>
    /// <param name="values">What is the guest's own; each must be unlike anything else in the answer.</param>
    public static AnswerTemplate Learn(int status, ReadOnlySpan<byte> body, IReadOnlyList<string> values)
    {
        var template = new AnswerTemplate(status);
        var text = Encoding.Latin1.GetString(body);
        var literal = new StringBuilder();
        for (var at = 0; at < text.Length; )
        {
            if (string.CompareOrdinal(text, at, SeedKey, 0, SeedKey.Length) == 0)
            {
                literal.Append(SeedKey);
                at += SeedKey.Length + SeedLength;
                template.Add(literal, Seed);
            }
            else if (ValueAt(text, at, values) is >= 0 and var value)
            {
                at += values[value].Length;
                template.Add(literal, value);
            }
            else
            {
                literal.Append(text[at++]);
            }
        }
        template.Add(literal, Literal);
        return template;
    }

    /// <summary>The longest of the values that the text goes on with.</summary>
    static int ValueAt(string text, int at, IReadOnlyList<string> values)
    {
        var best = -1;
        for (var i = 0; i < values.Count; i++)
        {
            if (
                (best < 0 || values[i].Length > values[best].Length)
                && values[i].Length > 0
                && string.CompareOrdinal(text, at, values[i], 0, values[i].Length) == 0
            )
            {
                best = i;
            }
        }
        return best;
    }

    void Add(StringBuilder literal, int value)
    {
        if (literal.Length > 0)
        {
            _parts.Add((Literal, Encoding.Latin1.GetBytes(literal.ToString())));
            literal.Clear();
        }
        if (value != Literal)
        {
            _parts.Add((value, []));
        }
    }

    /// <summary>Whether this is the right answer to the guest with these values.</summary>
    public bool Accepts(int status, ReadOnlySpan<byte> body, IReadOnlyList<byte[]> values)
    {
        if (_taker is not null)
        {
            _taker(status, body.ToArray());
            return true;
        }
        if (status != _status)
        {
            return false;
        }
        foreach (var (value, text) in _parts)
        {
            if (value == Seed)
            {
                if (body.Length < SeedLength || body[..SeedLength].Contains((byte)'"'))
                {
                    return false;
                }
                body = body[SeedLength..];
                continue;
            }
            var wanted = value == Literal ? text : values[value];
            if (!body.StartsWith(wanted))
            {
                return false;
            }
            body = body[wanted.Length..];
        }
        return body.IsEmpty;
    }
}
