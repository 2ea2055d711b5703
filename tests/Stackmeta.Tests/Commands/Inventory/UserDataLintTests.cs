using System.Text;

namespace Stackmeta.Tests;

/// <summary>User data that cloud-init would not take is told of when it is stored, and stored.</summary>
public sealed class UserDataLintTests : IDisposable
{
    readonly InventoryCommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("#cloud-config\npackages: [nginx\n", "no YAML from line ")]
    [InlineData("#cloud-config\nruncmd:\n\t- ls\n", "no YAML: line 3 is indented with a tab; write spaces.")]
    [InlineData("#cloud-config\na: b: c\n", "no YAML from line 2, column ")]
    [InlineData("#cloud-config\nruncmd:\n - 'x\n", "no YAML from line ")]
    [InlineData("#cloud-config\n- a\n- b\n", "no mapping of keys")]
    [InlineData("#cloud-config\nhello\n", "no mapping of keys")]
    [InlineData("#cloud-config\n", "says nothing")]
    [InlineData("#cloud-config\n# only a comment\n", "says nothing")]
    [InlineData(
        "#cloud-config\nruncmd: [a]\nusers: []\nruncmd: [b]\n",
        "The key 'runcmd' stands in line 2 and in line 4"
    )]
    [InlineData("packages:\n- nginx\n", "Its first line is not #cloud-config")]
    [InlineData("# my servers\nusers: []\n", "Its first line is not #cloud-config")]
    [InlineData(
        "# cloud-config\nusers: []\n",
        "Its first line is '# cloud-config', which cloud-init does not know: write #cloud-config."
    )]
    [InlineData("#cloud-cofnig\nusers: []\n", "write #cloud-config.")]
    [InlineData("#!/bin/sh\r\nls\r\n", "CR LF")]
    [InlineData("", "It is empty.")]
    [InlineData("\ufeff#cloud-config\nusers: []\n", "byte order mark")]
    public async Task What_is_wrong_is_told_and_stored(string text, string said)
    {
        var file = _line.File("data", Encoding.UTF8.GetBytes(text));
        var (code, _, error) = await _line.RunAsync("instance", "create", "a", "--user-data", file);
        Assert.Equal(ExitCodes.Done, code);
        Assert.StartsWith($"stackmeta: warning: {file}: ", error, StringComparison.Ordinal);
        Assert.Contains(said, error);
        (code, _, error) = await _line.RunAsync("instance", "set", "a", "--user-data", file);
        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains(said, error);
    }

    [Theory]
    [InlineData("#cloud-config\npackages: [nginx]\n")]
    [InlineData("\n\n#cloud-config\nusers:\n- name: x\n  sudo: \"ALL=(ALL) NOPASSWD:ALL\"\n")]
    [InlineData("#cloud-config\r\nusers: []\r\n")]
    [InlineData("#cloud-config\nwrite_files:\n- path: /x\n  content: |\n    a: b: c\n    \ttab\n")]
    [InlineData("## template: jinja\n#cloud-config\na: {{ b }}\n")]
    [InlineData("#cloud-config-archive\n- a\n")]
    [InlineData("#include\nhttps://example.org/x\n")]
    [InlineData("#!/bin/sh\nls\n")]
    [InlineData("Content-Type: multipart/mixed; boundary=\"x\"\n\n--x--\n")]
    [InlineData("#ps1_sysnative\nusers: x\n")]
    [InlineData("{\"ignition\":{\"version\":\"3.3.0\"}}")]
    [InlineData("any text\n")]
    public void What_is_right_or_anothers_is_silent(string text) =>
        Assert.Empty(UserDataLint.Check(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Bytes_that_are_no_text_are_silent()
    {
        Assert.Empty(UserDataLint.Check([0x1f, 0x8b, 8, 0]));
        Assert.Empty(UserDataLint.Check([0xc3, 0x28]));
        Assert.Contains("UTF-16", Assert.Single(UserDataLint.Check(Encoding.Unicode.GetPreamble())));
    }
}
