using System.Text;

namespace Stackmeta.WebConsole.Tests;

public sealed class DocumentTextTests
{
    [Fact]
    public void Json_is_shown_a_line_a_key_without_what_is_secret()
    {
        var text = DocumentText.Of(
            """{"uuid": "u", "random_seed": "c2VjcmV0", "admin_pass": "swordfish", "meta": {"a": "ä"}}"""u8
        );
        Assert.Contains("\"uuid\": \"u\"", text);
        Assert.Contains("\"a\": \"ä\"", text);
        Assert.DoesNotContain("c2VjcmV0", text);
        Assert.DoesNotContain("swordfish", text);
    }

    [Theory]
    [InlineData("#!/bin/sh\necho hé\n")]
    [InlineData("{ not json")]
    [InlineData("ami-id\nhostname")]
    [InlineData("")]
    public void Text_is_shown_as_it_is(string text) =>
        Assert.Equal(text, DocumentText.Of(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void What_is_no_text_is_shown_as_hexadecimal_and_says_how_much_there_is()
    {
        var text = DocumentText.Of([0x1f, 0x8b, 0, .. new byte[1000]]);
        Assert.StartsWith("0000  1f 8b 00", text);
        Assert.EndsWith("… of 1003 bytes\n", text);
    }
}
