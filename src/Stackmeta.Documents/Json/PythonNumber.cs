using System.Buffers;
using System.Globalization;

namespace Stackmeta.Documents;

/// <summary>Numbers as Python's <c>json</c> reads and writes them: integers of any size, and floats in their shortest form.</summary>
static class PythonNumber
{
    // Python refuses to convert more (sys.int_info.default_max_str_digits).
    const int MostIntegerDigits = 4300;

    // Outside of these powers of ten a float is written with an exponent (float.__repr__).
    const int SmallestFixedPoint = -3;
    const int LargestFixedPoint = 16;

    static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    /// <summary>Takes a number off a JSON text: as much of it as the grammar allows.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> json, out ReadOnlySpan<byte> text, out bool isFloat)
    {
        text = default;
        isFloat = false;
        var length = json.StartsWith("-"u8) ? 1 : 0;
        var digits = json[length..].StartsWith("0"u8) ? 1 : CountDigits(json[length..]);
        if (digits == 0)
        {
            return false;
        }
        length += digits;
        if (json[length..].StartsWith("."u8) && CountDigits(json[(length + 1)..]) is var fraction and > 0)
        {
            length += 1 + fraction;
            isFloat = true;
        }
        if (ExponentLength(json[length..]) is var exponent and > 0)
        {
            length += exponent;
            isFloat = true;
        }
        text = json[..length];
        json = json[length..];
        return true;
    }

    /// <summary>Writes an integer. False when it has too many digits.</summary>
    public static bool WriteInteger(scoped ReadOnlySpan<byte> text, ref Utf8Output output)
    {
        if (text.TrimStart((byte)'-').Length > MostIntegerDigits)
        {
            return false;
        }
        output.Write(text.SequenceEqual("-0"u8) ? "0"u8 : text);
        return true;
    }

    /// <summary>Writes a float: the shortest digits that mean the same number, and <c>Infinity</c> for one out of range.</summary>
    public static bool WriteFloat(scoped ReadOnlySpan<byte> text, ref Utf8Output output)
    {
        var value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (double.IsNegative(value))
        {
            output.Write((byte)'-');
        }
        if (double.IsInfinity(value))
        {
            output.Write("Infinity"u8);
            return true;
        }

        // "E16" would round to 17 digits; the default gives the shortest, in a form to be taken apart: 123.45, 1E+16, 2.5E-07.
        Span<byte> shortest = stackalloc byte[32];
        Math.Abs(value).TryFormat(shortest, out var length, provider: CultureInfo.InvariantCulture);
        Span<byte> digits = stackalloc byte[32];
        WriteDigits(digits[..TakeApart(shortest[..length], digits, out var point)], point, ref output);
        return true;
    }

    /// <summary>Splits a number into its digits and the place of its point: 0.DIGITS times ten to the <paramref name="point"/>.</summary>
    static int TakeApart(scoped ReadOnlySpan<byte> number, Span<byte> digits, out int point)
    {
        var exponentMark = number.IndexOf((byte)'E');
        var mantissa = exponentMark < 0 ? number : number[..exponentMark];
        var exponent = exponentMark < 0 ? 0 : int.Parse(number[(exponentMark + 1)..], CultureInfo.InvariantCulture);
        var dot = mantissa.IndexOf((byte)'.');
        var count = 0;
        foreach (var character in mantissa)
        {
            if (character != '.')
            {
                digits[count++] = character;
            }
        }
        point = (dot < 0 ? count : dot) + exponent;

        var zeros = digits[..count].IndexOfAnyExcept((byte)'0');
        if (zeros < 0)
        {
            point = 1;
            return 1;
        }
        digits[zeros..count].CopyTo(digits);
        point -= zeros;
        return digits[..(count - zeros)].TrimEnd((byte)'0').Length;
    }

    static void WriteDigits(scoped ReadOnlySpan<byte> digits, int point, ref Utf8Output output)
    {
        if (point is < SmallestFixedPoint or > LargestFixedPoint)
        {
            output.Write(digits[..1]);
            if (digits.Length > 1)
            {
                output.Write((byte)'.');
                output.Write(digits[1..]);
            }
            var exponent = point - 1;
            output.Write(exponent < 0 ? "e-"u8 : "e+"u8);
            output.Write(Math.Abs(exponent), "d2");
            return;
        }
        if (point <= 0)
        {
            output.Write("0."u8);
            WriteZeros(-point, ref output);
            output.Write(digits);
            return;
        }
        output.Write(digits[..Math.Min(point, digits.Length)]);
        WriteZeros(Math.Max(point - digits.Length, 0), ref output);
        output.Write((byte)'.');
        output.Write(point < digits.Length ? digits[point..] : "0"u8);
    }

    static void WriteZeros(int count, ref Utf8Output output)
    {
        output.Free(count)[..count].Fill((byte)'0');
        output.Advance(count);
    }

    static int CountDigits(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExcept(Digits);
        return end < 0 ? text.Length : end;
    }

    /// <summary>The length of an exponent with its mark, or 0 when there is none.</summary>
    static int ExponentLength(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] is not ((byte)'e' or (byte)'E'))
        {
            return 0;
        }
        var sign = text.Length > 1 && text[1] is (byte)'+' or (byte)'-' ? 1 : 0;
        var digits = CountDigits(text[(1 + sign)..]);
        return digits == 0 ? 0 : 1 + sign + digits;
    }
}
