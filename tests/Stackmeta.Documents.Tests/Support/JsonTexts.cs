using System.Globalization;
using CsCheck;

namespace Stackmeta.Documents.Tests;

/// <summary>JSON texts with every oddity that the grammar allows, and some that it does not.</summary>
static class JsonTexts
{
    static readonly Gen<string> Blank = Gen.OneOf("", "", "", " ", "\n", "\t\r ");

    static readonly Gen<string> Integers = Gen.OneOf(
        Gen.Long.Select(number => number.ToString(CultureInfo.InvariantCulture)),
        Gen.Char["0123456789"]
            .Array[1, 40]
            .Select(digits => new string(digits).TrimStart('0'))
            .Select(digits => digits.Length == 0 ? "-0" : digits)
    );

    public static readonly Gen<string> Floats = Gen.OneOf(
        Gen.Double.Where(double.IsFinite).Select(number => number.ToString("R", CultureInfo.InvariantCulture)),
        Gen.Double[-1e6, 1e6].Select(number => number.ToString("E17", CultureInfo.InvariantCulture)),
        Gen.Select(Integers, Gen.Int[-340, 340]).Select((digits, exponent) => $"{digits}.50e{exponent}"),
        Gen.Select(Gen.Int[0, 99999], Gen.Int[-25, 25]).Select((digits, exponent) => $"-{digits}E{exponent:+0;-00;0}"),
        Gen.ULong.Select(bits => BitConverter.UInt64BitsToDouble(bits))
            .Where(double.IsFinite)
            .Select(number => number.ToString("E16", CultureInfo.InvariantCulture))
    );

    static readonly Gen<string> Characters = Gen.OneOf(
        Gen.Char[' ', '~'].Where(character => character is not ('"' or '\\')).Select(character => character.ToString()),
        Gen.OneOf("\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\u007f", "é", "☃", "😀"),
        Gen.UShort.Select(unit => $"\\u{unit:x4}"),
        Gen.Int[0xd800, 0xdfff].Select(unit => $"\\u{unit:X4}")
    );

    static readonly Gen<string> Strings = Characters.Array[0, 8].Select(parts => $"\"{string.Concat(parts)}\"");

    // Few different names, so that they are often repeated.
    static readonly Gen<string> Names = Gen.OneOf(
        Gen.OneOf("\"a\"", "\"b\"", "\"\\u0061\"", "\"\"", "\"é\"", "\"\\u00e9\""),
        Strings
    );

    static readonly Gen<string> Scalars = Gen.OneOf(
        Integers,
        Floats,
        Strings,
        Gen.OneOf("null", "true", "false", "NaN", "Infinity", "-Infinity", "1e400", "-0", "-0.0")
    );

    public static readonly Gen<string> Valid = Gen.Recursive<string>(
        (depth, inner) => depth >= 4 ? Scalars : Gen.Frequency((2, Scalars), (1, Arrays(inner)), (2, Objects(inner)))
    );

    /// <summary>Texts with a character taken out, put in or doubled.</summary>
    public static readonly Gen<string> Damaged = Gen.Select(
            Valid,
            Gen.Int[0, 10_000],
            Gen.Char["{}[]\",:0-+.eE\\ tnuNI\u0001é"],
            Gen.Int[0, 2]
        )
        .Select(
            (text, place, character, damage) =>
            {
                var index = place % text.Length;
                return damage switch
                {
                    0 => text.Remove(index, 1),
                    1 => text.Insert(index, character.ToString()),
                    _ => text.Insert(index, text[index].ToString()),
                };
            }
        )
        // Half of a surrogate pair has no UTF-8.
        .Where(text => text.EnumerateRunes().All(rune => rune.Value != 0xfffd));

    static Gen<string> Arrays(Gen<string> inner) =>
        Gen.Select(Padded(inner).Array[0, 4], Blank).Select((items, blank) => $"[{blank}{string.Join(',', items)}]");

    static Gen<string> Objects(Gen<string> inner) =>
        Gen.Select(Gen.Select(Padded(Names), Padded(inner), (name, value) => $"{name}:{value}").Array[0, 5], Blank)
            .Select((members, blank) => $"{{{blank}{string.Join(',', members)}}}");

    static Gen<string> Padded(Gen<string> inner) =>
        Gen.Select(Blank, inner, Blank).Select((before, text, after) => before + text + after);
}
