namespace Stackmeta.Tests;

/// <summary>Files that cannot be used are told of in the system's words, and never in .NET's.</summary>
public sealed class SystemReasonTests : IDisposable
{
    readonly InventoryCommandLine _line = new();

    public void Dispose() => _line.Dispose();

    /// <summary>Commands that read or write a file, without its name.</summary>
    static readonly string[] _commands =
    [
        "import",
        "export",
        "instance create a --user-data",
        "instance create a --key-name k --public-key",
        "config-drive show",
        "config-drive diff /dev/null",
        "config-drive build web --out",
        "config-drive build web --out x --admin-pass-file",
        "api --config-file",
        "settings --config",
        "explain web --config-file",
    ];

    public static TheoryData<string, string> Files
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var command in _commands)
            {
                foreach (
                    var file in (string[])["", "/nowhere/at/all", "/etc/hostname/x", "/dev", "/" + new string('x', 300)]
                )
                {
                    data.Add(command, file);
                }
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Files))]
    public async Task A_file_that_cannot_be_used_is_a_sentence(string command, string file)
    {
        await _line.DoneAsync("instance", "create", "web", "--flavor", "small");
        var (code, output, error) = await _line.RunAsync([.. command.Split(' '), file]);
        Assert.True(code is ExitCodes.Failed or ExitCodes.Usage, error);
        Assert.Equal("", output);
        Assert.StartsWith("stackmeta: ", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        foreach (
            var word in (string[])
                ["Could not", "Access to the path", "Exception", "   at ", "Parameter", "fault of the program"]
        )
        {
            Assert.DoesNotContain(word, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_manual_needs_a_folder() =>
        Assert.Contains("The path is empty.", await _line.RefusedAsync(ExitCodes.Failed, "manual", ""));

    [Theory]
    [InlineData("{\"cloud-init\": \"#cloud-config\\n{}\", \"a\": [NaN, -Infinity, \"NaN\\\"\", 1e999]}")]
    [InlineData("[\"#cloud-config\", NaN]")]
    [InlineData("NaN")]
    [InlineData("1e999")]
    [InlineData("{\"cloud-init\": \"\\ud800\"}")]
    [InlineData("\"\\ud800\"")]
    [InlineData("[\"\\ud800\"]")]
    public async Task A_seed_is_made_of_all_that_is_JSON_for_Python(string vendorData)
    {
        await BuildSeedAsync(vendorData);
    }

    [Fact]
    public async Task A_seed_is_made_of_deep_vendor_data() =>
        await BuildSeedAsync(new string('[', 200) + new string(']', 200));

    async Task BuildSeedAsync(string vendorData)
    {
        await _line.DoneAsync("instance", "create", "web", "--flavor", "small");
        var file = _line.File("vendor.json", vendorData);
        await _line.DoneAsync(
            "config-drive",
            "build",
            "web",
            "--seed",
            "nocloud",
            "--out",
            Path.Combine(_line.Folder, "seed"),
            "--set",
            $"vendordata.file={file}"
        );
    }
}
