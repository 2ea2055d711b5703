using System.Buffers;
using System.Text;
using CsCheck;

namespace Stackmeta.Documents.Tests;

/// <summary>JSON in Python's form (spec/nova-metadata.md §1.8, §5.2).</summary>
public sealed class PythonJsonTests
{
    const string Refused = "refused";

    [Theory]
    [InlineData("{\"a\":1,\"b\":[true,false,null]}", "{\"a\": 1, \"b\": [true, false, null]}")]
    [InlineData(" { } ", "{}")]
    [InlineData("\t[\r\n] ", "[]")]
    [InlineData("\"W\u00e9b \\/ \u2603 \ud83d\ude00\"", "\"W\\u00e9b / \\u2603 \\ud83d\\ude00\"")]
    [InlineData("\"\\u0001\\b\\f\\n\\r\\t\u007f\\\"\\\\\"", "\"\\u0001\\b\\f\\n\\r\\t\\u007f\\\"\\\\\"")]
    [InlineData("\"\\ud83d \\uDE00\"", "\"\\ud83d \\ude00\"")]
    [InlineData("{\"a\":1,\"b\":2,\"a\":{\"c\":3,\"c\":4}}", "{\"a\": {\"c\": 4}, \"b\": 2}")]
    [InlineData("{\"a\":{\"x\":1,\"x\":2},\"a\":3,\"\\u0061\":4}", "{\"a\": 4}")]
    [InlineData("12345678901234567890123456789", "12345678901234567890123456789")]
    [InlineData("-0", "0")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("0e5", "0.0")]
    [InlineData("1e3", "1000.0")]
    [InlineData("1E-5", "1e-05")]
    [InlineData("0.0001", "0.0001")]
    [InlineData("1e16", "1e+16")]
    [InlineData("1e15", "1000000000000000.0")]
    [InlineData("123456789012345678.0", "1.2345678901234568e+17")]
    [InlineData("9999999999999998.0", "9999999999999998.0")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("1e-400", "0.0")]
    [InlineData("1e400", "Infinity")]
    [InlineData("[NaN,Infinity,-Infinity,-1e400]", "[NaN, Infinity, -Infinity, -Infinity]")]
    public void A_text_is_written_as_Python_writes_it(string json, string expected) =>
        Assert.Equal(expected, Rewrite(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\ufeff{}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("[1,]")]
    [InlineData("[1 2]")]
    [InlineData("{\"a\" 1}")]
    [InlineData("{a: 1}")]
    [InlineData("{1: 1}")]
    [InlineData("'a'")]
    [InlineData("\"a")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12g4\"")]
    [InlineData("\"a\nb\"")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("+1")]
    [InlineData("-")]
    [InlineData("1e")]
    [InlineData("nul")]
    [InlineData("-NaN")]
    [InlineData("{} {}")]
    [InlineData("[\u00a0]")]
    public void What_Python_does_not_read_is_refused(string json) =>
        Assert.Equal(Refused, Rewrite(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Bytes_that_are_no_UTF8_are_refused() => Assert.Equal(Refused, Rewrite([(byte)'"', 0xff, (byte)'"']));

    [Fact]
    public void An_integer_may_have_4300_digits()
    {
        var most = new string('7', 4300);
        Assert.Equal("-" + most, Rewrite(Encoding.UTF8.GetBytes("-" + most)));
        Assert.Equal(Refused, Rewrite(Encoding.UTF8.GetBytes(most + "7")));
    }

    [Fact]
    public void Nesting_ends_where_Pythons_stack_does()
    {
        Assert.Equal(Nested(900), Rewrite(Encoding.UTF8.GetBytes(Nested(900))));
        Assert.Equal(Refused, Rewrite(Encoding.UTF8.GetBytes(Nested(100_000))));

        static string Nested(int depth) => new string('[', depth) + new string(']', depth);
    }

    [Fact]
    public void Any_JSON_is_written_as_Python_writes_it()
    {
        Assert.SkipUnless(Python.IsThere, "There is no /usr/bin/python3 to ask.");
        Compare(JsonTexts.Valid.Array[2000].Single());
    }

    [Fact]
    public void Any_text_is_read_or_refused_as_Python_does()
    {
        Assert.SkipUnless(Python.IsThere, "There is no /usr/bin/python3 to ask.");
        Compare(JsonTexts.Damaged.Array[4000].Single());
    }

    [Fact]
    public void Any_float_is_written_as_Python_writes_it()
    {
        Assert.SkipUnless(Python.IsThere, "There is no /usr/bin/python3 to ask.");
        Compare(JsonTexts.Floats.Array[20_000].Single());
    }

    static void Compare(string[] texts)
    {
        var bytes = texts.Select(Encoding.UTF8.GetBytes).ToArray();
        var expected = Python.RewriteJson(bytes);
        for (var i = 0; i < bytes.Length; i++)
        {
            Assert.True(
                expected[i] == Rewrite(bytes[i]),
                $"{texts[i]} is {Rewrite(bytes[i])}, in Python {expected[i]}"
            );
        }
    }

    static string Rewrite(byte[] json)
    {
        var output = new ArrayBufferWriter<byte>();
        if (PythonJson.TryRewrite(json, output))
        {
            return Encoding.UTF8.GetString(output.WrittenSpan);
        }
        Assert.Equal(0, output.WrittenCount);
        return Refused;
    }
}
