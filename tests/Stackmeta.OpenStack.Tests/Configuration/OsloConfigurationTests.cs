namespace Stackmeta.OpenStack.Tests;

/// <summary>oslo.config's rules for files, as its parser applies them.</summary>
public sealed class OsloConfigurationTests
{
    static readonly OptionDefinition Plain = new("api", "plain") { Default = "unset" };

    [Theory]
    [InlineData("[api]\nplain = a", "a")]
    [InlineData("[api]\nplain: a", "a")]
    [InlineData("[api]\nplain=a=b:c", "a=b:c")]
    [InlineData("[api]\nplain = \"quoted \"", "quoted ")]
    [InlineData("[api]\nplain = 'a\"", "'a\"")]
    [InlineData("[api]\nplain =", "")]
    [InlineData("[api]\nplain = a # no comment here", "a # no comment here")]
    [InlineData("[api]\nplain = a\n  b\n\tc", "a\nb\nc")]
    [InlineData("[api]\nplain = a\n  # part of it", "a\n# part of it")]
    [InlineData("[api]\nplain = a\n\n[other]\nplain = b", "a")]
    [InlineData("[API]\nplain = a", "a")]
    [InlineData("[api]\nplain = a\nplain = b", "b")]
    [InlineData("[api]\nplain = a\n[other]\nx = 1\n[api]\nplain = c", "c")]
    [InlineData("# comment\n; comment\n[api]\nplain = a\r\n", "a")]
    [InlineData("[DEFAULT]\nplain = a", "unset")]
    [InlineData("[api]\nPlain = a", "unset")]
    public void A_file_is_read_by_the_rules_of_oslo_config(string text, string expected) =>
        Assert.Equal(expected, Reader(text).Text(Plain));

    [Theory]
    [InlineData("plain = a", "file:1: the assignment stands before any [section]")]
    [InlineData("[api]\nplain", "file:2: the line is no assignment: it has neither '=' nor ':'")]
    [InlineData("[api]\n = a", "file:2: the line begins with a blank but continues nothing")]
    [InlineData("[api]\n= a", "file:2: the assignment has no name")]
    [InlineData("[api]\nplain = a\n\n  b", "file:4: the line begins with a blank but continues nothing")]
    [InlineData("[api", "file:1: the section's name has no closing bracket")]
    [InlineData("[]", "file:1: the section has no name")]
    public void What_oslo_config_refuses_is_refused_with_its_place(string text, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Files(("file", text))).Message);

    [Fact]
    public void A_later_file_wins_and_within_a_file_the_current_name_does()
    {
        var renamed = Plain with { DeprecatedNames = [("DEFAULT", "old_plain")] };
        Assert.Equal("2", Reader([("a", "[api]\nplain = 1"), ("b", "[api]\nplain = 2")]).Text(Plain));
        Assert.Equal("new", Reader("[DEFAULT]\nold-plain = old\n[api]\nplain = new").Text(renamed));
        Assert.Equal("old", Reader([("a", "[api]\nplain = new"), ("b", "[DEFAULT]\nold_plain = old")]).Text(renamed));
    }

    [Fact]
    public void The_environment_wins_over_all_files()
    {
        var files = OsloConfiguration.Of(
            [("a", "[api]\nplain = 1")],
            name => name == "OS_API__PLAIN" ? "from the environment" : null
        );
        Assert.Equal("from the environment", new OptionReader(files, [Plain]).Text(Plain));
    }

    [Theory]
    [InlineData("$base/x", "/b/x")]
    [InlineData("${base}x", "/bx")]
    [InlineData("$api.base", "/b")]
    [InlineData("$other.name", "n")]
    [InlineData("$only_default", "d")]
    [InlineData("$nested", "in /b")]
    [InlineData("$$base and \\$base", "$base and $base")]
    [InlineData("$nowhere stays", "$nowhere stays")]
    [InlineData("pa$5word", "pa$5word")]
    public void Names_are_replaced_by_the_values_of_other_options(string value, string expected) =>
        Assert.Equal(
            expected,
            Reader(
                    $"[DEFAULT]\nonly_default = d\n[api]\nbase = /b\nnested = in $base\nplain = {value}\n[other]\nname = n"
                )
                .Text(Plain)
        );

    [Fact]
    public void A_value_that_refers_to_itself_ends() => Assert.NotNull(Reader("[api]\nplain = x$plain").Text(Plain));

    [Theory]
    [InlineData("yes", true)]
    [InlineData("TRUE", true)]
    [InlineData("on", true)]
    [InlineData("1", true)]
    [InlineData("No", false)]
    [InlineData("0", false)]
    public void Truth_has_many_spellings(string value, bool expected) =>
        Assert.Equal(expected, Reader($"[api]\nplain = {value}").Boolean(Plain with { Default = null }));

    [Fact]
    public void Each_bad_value_is_named_with_its_place_and_secrets_are_not_quoted()
    {
        var reader = Reader("[api]\nflag = maybe\ncount = 3\nname = z\nsecret = hunter2");
        Assert.False(reader.Boolean(new("api", "flag")));
        Assert.Equal(5, reader.Integer(new("api", "count") { Minimum = 4, Default = "5" }));
        reader.Text(new("api", "name") { Choices = ["x", "y"] });
        reader.Integer(new("api", "secret") { IsSecret = true });
        Assert.Equal(
            [
                "file:2: [api] flag: 'maybe' is neither true nor false",
                "file:3: [api] count: '3' is not between 4 and 2147483647",
                "file:4: [api] name: 'z' is none of x, y",
                "file:5: [api] secret: the value is not a whole number",
            ],
            reader.Problems
        );
    }

    [Fact]
    public void A_list_is_cut_at_commas_and_a_multiple_option_keeps_every_value()
    {
        Assert.Equal(["a", "b c", "d"], Reader("[api]\nplain = a, b c ,\n  d").List(Plain));
        var files = Files(("a", "[api]\nplain = 1\nplain = 2"), ("b", "[api]\nplain = 3"));
        Assert.Equal(["1", "2", "3"], files.Find(Plain with { IsMultiple = true }).Select(entry => entry.Value));
    }

    [Fact]
    public void Of_a_folder_the_conf_files_are_read_by_name()
    {
        var folder = Directory.CreateTempSubdirectory("stackmeta-conf-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "20.conf"), "[api]\nplain = second");
            File.WriteAllText(Path.Combine(folder, "10.conf"), "[api]\nplain = first");
            File.WriteAllText(Path.Combine(folder, "30.ini"), "[api]\nplain = not read");
            Assert.Equal("second", new OptionReader(OsloConfiguration.Read([folder]), [Plain]).Text(Plain));
            var missing = Path.Combine(folder, "absent.conf");
            Assert.Contains(
                missing,
                Assert.Throws<ConfigurationException>(() => OsloConfiguration.Read([missing])).Message
            );
            File.WriteAllBytes(missing, [(byte)'[', 0xff, (byte)']']);
            Assert.Contains(
                "not UTF-8",
                Assert.Throws<ConfigurationException>(() => OsloConfiguration.Read([missing])).Message
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Every_assignment_gets_a_verdict()
    {
        var files = Files(
            (
                "n",
                """
                [api]
                plain = 1
                plain = 2
                old = 3
                unknown = 4
                bad = $nowhere
                picky = no
                [gone]
                away = x
                """
            )
        );
        OptionDefinition[] table =
        [
            Plain,
            new("api", "new") { DeprecatedNames = [("api", "old")] },
            new("api", "bad"),
            new("api", "picky") { Unsupported = value => value == "no" ? "only yes is known" : null },
            new("gone", "away") { Verdict = OptionVerdict.NotSupported, Reason = "there is no such thing here" },
        ];
        Assert.Equal(
            [
                "n:2 Irrelevant n:3 sets it again",
                "n:3 Honoured as in OpenStack",
                "n:4 Honoured an older name of [api] new",
                "n:5 Irrelevant nothing that answers guests reads it",
                "n:6 NotSupported it refers to $nowhere, which no file sets",
                "n:7 NotSupported only yes is known",
                "n:9 NotSupported there is no such thing here",
            ],
            ConfigurationReport.Of(files, [.. table]).Select(found => $"{found.Place} {found.Verdict} {found.Reason}")
        );
    }

    static OsloConfiguration Files(params (string, string)[] files) => OsloConfiguration.Of(files);

    static OptionReader Reader(string text) => Reader([("file", text)]);

    static OptionReader Reader((string, string)[] files) => new(Files(files), [Plain]);
}
