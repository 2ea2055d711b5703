namespace Stackmeta.Tests;

/// <summary>A word that begins with '-' is an option or an error, whatever the command would take it for.</summary>
public sealed class StrayOptionTests : IDisposable
{
    readonly InventoryCommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("network create --shared", "--shared")]
    [InlineData("subnet create --network n2 --cidr 10.81.0.0/24 --no-dhcp", "--no-dhcp")]
    [InlineData("subnet list --no-dhcp", "--no-dhcp")]
    [InlineData("instance create --nic net=n2 --userdata", "--userdata")]
    [InlineData("instance delete web-1 --all", "--all")]
    [InlineData("router show -v", "-v")]
    [InlineData("port attach --force tap0", "--force")]
    [InlineData("port create --network n2 --security", "--security")]
    [InlineData("export --pretty", "--pretty")]
    [InlineData("import --dry", "--dry")]
    [InlineData("get web-1 --raw", "--raw")]
    [InlineData("sign --quiet", "--quiet")]
    [InlineData("explain --verbose", "--verbose")]
    [InlineData("config-drive show --json", "--json")]
    [InlineData("config-drive diff a --brief", "--brief")]
    [InlineData("config-drive build --out x --vfat", "--vfat")]
    [InlineData("completion --bash", "--bash")]
    [InlineData("manual --html", "--html")]
    public async Task A_misspelt_option_is_no_argument(string line, string word)
    {
        var said = await _line.RefusedAsync(ExitCodes.Usage, line.Split(' '));
        Assert.StartsWith("stackmeta: 'stackmeta ", said, StringComparison.Ordinal);
        Assert.Contains($" has no option '{word}'; ", said, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_line.Folder));
        Assert.False(File.Exists(word));
    }

    [Theory]
    [InlineData("network create a --project --share", "--project", "--share")]
    [InlineData("network create a --mtu -1", "--mtu", "-1")]
    [InlineData("config-drive build a --out --vfat2", "--out", "--vfat2")]
    [InlineData("settings --set --outptu", "--set", "--outptu")]
    public async Task A_misspelt_option_is_no_value_of_another(string line, string option, string word)
    {
        var said = await _line.RefusedAsync(ExitCodes.Usage, line.Split(' '));
        Assert.Contains($"has no option '{word}'", said, StringComparison.Ordinal);
        Assert.Contains($"If it is the value of {option}, write {option}={word}.", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_dashes_end_the_options()
    {
        await _line.DoneAsync("network", "create", "--", "--shared");
        await _line.DoneAsync("network", "set", "--project=-p", "--", "--shared");
        var network = await _line.JsonAsync("network", "show", "--", "--shared");
        Assert.Equal("-p", network.GetProperty("project_id").GetString());
    }

    [Fact]
    public async Task A_name_that_begins_with_an_at_sign_is_a_name()
    {
        await _line.DoneAsync("network", "create", "@lab");
        var network = await _line.JsonAsync("network", "show", "@lab");
        Assert.Equal("@lab", network.GetProperty("name").GetString());
    }
}
