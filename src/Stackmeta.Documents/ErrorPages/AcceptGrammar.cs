using System.Buffers;

namespace Stackmeta.Documents;

/// <summary>
/// Reads an Accept header by the grammar of RFC 7231 §5.3.2 and the lists of RFC 7230 §7, empty items included; strictly, since
/// what is malformed is answered otherwise.
/// </summary>
ref struct AcceptGrammar(ReadOnlySpan<char> header)
{
    static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    );

    static readonly SearchValues<char> WeightCharacters = SearchValues.Create("0123456789.");

    ReadOnlySpan<char> _rest = header;
    bool _started;

    /// <summary>Set once something was read that the grammar does not have.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Reads the next range. False at the end, and when the header turns out malformed.</summary>
    public bool TryRead(out MediaRange range)
    {
        range = default;
        if (!_started)
        {
            _started = true;
            if (!TakeCharacter(',') && !_rest.IsEmpty)
            {
                return ReadRange(out range);
            }
        }
        while (!_rest.IsEmpty)
        {
            if (!TakeAfterBlanks(','))
            {
                IsMalformed = true;
                return false;
            }
            var item = SkipBlanks(_rest);
            if (!item.IsEmpty && item[0] != ',')
            {
                _rest = item;
                return ReadRange(out range);
            }
        }
        return false;
    }

    bool ReadRange(out MediaRange range)
    {
        IsMalformed = !TryReadRange(out range);
        return !IsMalformed;
    }

    bool TryReadRange(out MediaRange range)
    {
        range = default;
        if (!TakeToken(out var type) || !TakeCharacter('/') || !TakeToken(out var subtype))
        {
            return false;
        }
        var hasParameters = false;
        int? quality = null;
        while (TakeAfterBlanks(';'))
        {
            _rest = SkipBlanks(_rest);
            if (!TakeToken(out var name))
            {
                return false;
            }
            var hasValue = TakeCharacter('=');
            if (quality is null && name is "q" or "Q")
            {
                if (!hasValue || !TakeQuality(out var weight))
                {
                    return false;
                }
                quality = weight;
            }
            else if (hasValue)
            {
                if (!TakeToken(out _) && !TakeQuotedString())
                {
                    return false;
                }
                hasParameters |= quality is null;
            }
            else if (quality is null)
            {
                // Only what follows the weight may go without a value.
                return false;
            }
        }
        range = new(type, subtype, hasParameters, quality ?? 1000);
        return true;
    }

    /// <summary>A weight in thousandths: 0 to 1 with up to three digits behind the point.</summary>
    bool TakeQuality(out int thousandths)
    {
        thousandths = 0;
        var end = _rest.IndexOfAnyExcept(WeightCharacters);
        var text = end < 0 ? _rest : _rest[..end];
        _rest = _rest[text.Length..];
        if (text.Length is 0 or > 5 || text[0] is not ('0' or '1') || (text.Length > 1 && text[1] != '.'))
        {
            return false;
        }
        thousandths = (text[0] - '0') * 1000;
        var place = 100;
        foreach (var digit in text.Length > 2 ? text[2..] : [])
        {
            if (digit == '.')
            {
                return false;
            }
            thousandths += (digit - '0') * place;
            place /= 10;
        }
        return thousandths <= 1000;
    }

    bool TakeQuotedString()
    {
        if (!TakeCharacter('"'))
        {
            return false;
        }
        while (!_rest.IsEmpty)
        {
            var character = _rest[0];
            _rest = _rest[1..];
            if (character == '"')
            {
                return true;
            }
            if (character == '\\')
            {
                if (_rest.IsEmpty)
                {
                    return false;
                }
                character = _rest[0];
                _rest = _rest[1..];
            }
            if (character is (< ' ' and not '\t') or '\u007f' or > '\u00ff')
            {
                return false;
            }
        }
        return false;
    }

    bool TakeToken(out ReadOnlySpan<char> token)
    {
        var end = _rest.IndexOfAnyExcept(TokenCharacters);
        token = end < 0 ? _rest : _rest[..end];
        _rest = _rest[token.Length..];
        return !token.IsEmpty;
    }

    bool TakeCharacter(char character)
    {
        if (!_rest.StartsWith(character))
        {
            return false;
        }
        _rest = _rest[1..];
        return true;
    }

    /// <summary>Takes a character together with blanks before it, or nothing.</summary>
    bool TakeAfterBlanks(char character)
    {
        var rest = SkipBlanks(_rest);
        if (!rest.StartsWith(character))
        {
            return false;
        }
        _rest = rest[1..];
        return true;
    }

    static ReadOnlySpan<char> SkipBlanks(ReadOnlySpan<char> text) => text.TrimStart(" \t");
}
