using System.Collections;
using System.Net;
using System.Text;

namespace Stackmeta.Tests;

/// <summary>Where settings come from, which one holds, and what is said of a wrong one.</summary>
public sealed class SettingsReaderTests : IDisposable
{
    readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    SettingValues Read(string? json = null, Hashtable? environment = null, params string[] assignments)
    {
        if (json is not null)
        {
            File.WriteAllText(_file, json);
        }
        return SettingsReader.Read(json is null ? "/dev/null/none" : _file, environment ?? [], assignments);
    }

    string Problems(string json, Hashtable? environment = null, params string[] assignments) =>
        Assert.Throws<SettingsException>(() => Read(json, environment, assignments)).Message;

    [Fact]
    public void Defaults_hold_where_nothing_is_set()
    {
        var settings = Read("{}");
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 8775)], settings.Get(KnownSettings.ApiListen));
        Assert.Equal("default", settings.OriginOf(KnownSettings.ApiListen));
    }

    [Fact]
    public void Every_default_is_a_right_value() =>
        Assert.All(KnownSettings.All, setting => Assert.True(setting.Accepts(setting.DefaultText), setting.Name));

    [Fact]
    public void The_environment_beats_the_file_and_the_command_line_beats_both()
    {
        const string Json = """{ "api": { "cache_seconds": 1 } }""";
        var environment = new Hashtable { ["STACKMETA_API_CACHE_SECONDS"] = "2", ["PATH"] = "/bin" };
        Assert.Equal(1, Read(Json).Get(KnownSettings.ApiCacheSeconds).TotalSeconds);
        Assert.Equal(2, Read(Json, environment).Get(KnownSettings.ApiCacheSeconds).TotalSeconds);
        Assert.Equal(3, Read(Json, environment, "api.cache_seconds=3").Get(KnownSettings.ApiCacheSeconds).TotalSeconds);
    }

    [Fact]
    public void Comments_trailing_commas_and_lists_are_read()
    {
        var settings = Read(
            """
            {
              // two of them
              "api": { "listen": ["127.0.0.1:1", "[::1]:2",], },
            }
            """
        );
        Assert.Equal(2, settings.Get(KnownSettings.ApiListen).Count);
        Assert.Equal($"{_file}:3", settings.OriginOf(KnownSettings.ApiListen));
    }

    [Fact]
    public void An_unknown_setting_stops_the_start_naming_line_and_nearest_name() =>
        Assert.Equal(
            $"{_file}:2: There is no setting 'api.cache_second'; the nearest is 'api.cache_seconds'.",
            Problems("{\n\"api\": { \"cache_second\": 15 } }")
        );

    [Theory]
    [InlineData("api.listen", "localhost:8775")]
    [InlineData("api.listen", "127.0.0.1")]
    [InlineData("api.listen", "8775")]
    [InlineData("api.listen", "127.0.0.1:99999")]
    [InlineData("api.cache_seconds", "-1")]
    [InlineData("api.cache_seconds", "soon")]
    [InlineData("api.cache_seconds", "3601")]
    [InlineData("api.cache_bytes", "1.5")]
    [InlineData("agent.api", "127.0.0.1:8775")]
    [InlineData("agent.api", "http://127.0.0.1:8775/path")]
    [InlineData("compatibility", "Zed")]
    [InlineData("dhcp_domain", "a\nb")]
    public void A_senseless_value_stops_the_start_saying_what_is_right(string name, string value)
    {
        var message = Problems("{}", null, $"{name}={value}");
        Assert.StartsWith($"--set {name}: {name} is '{value}', and must be ", message);
    }

    [Fact]
    public void All_problems_are_named_at_once() =>
        Assert.Equal(
            3,
            Problems("""{ "no": 1 }""", new Hashtable { ["STACKMETA_NO"] = "1" }, "nothing")
                .Split(Environment.NewLine)
                .Length
        );

    [Theory]
    [InlineData("{", ":1: This is not JSON")]
    [InlineData("{\n\"api\": }", ":2: This is not JSON")]
    [InlineData("3", ": The file must hold one object")]
    [InlineData("""{ "api": { "listen": [[1]] } }""", ":1: A list may hold plain values only.")]
    public void A_broken_file_stops_the_start_naming_the_line(string json, string expected) =>
        Assert.StartsWith(_file + expected, Problems(json));

    [Theory]
    [InlineData("{ \"dhcp_domain\":\n\"#\" }", ":2: The value holds ")]
    [InlineData("{\n\"#\": 1 }", ":2: The key holds ")]
    [InlineData("{ \"api\": { \"listen\": [\n\n\"#\"] } }", ":3: The value holds ")]
    public void What_is_no_Unicode_stops_the_start_naming_the_line(string json, string expected)
    {
        foreach (var fault in new[] { @"\ud800", @"\udc00\ud800", "\u00ff", "\u00ed\u00a0\u0080" })
        {
            File.WriteAllBytes(_file, Encoding.Latin1.GetBytes(json.Replace("#", fault)));
            var problem = Assert.Throws<SettingsException>(() => SettingsReader.Read(_file, new Hashtable(), []));
            Assert.StartsWith(_file + expected, problem.Message);
        }
    }

    [Fact]
    public void A_missing_file_stops_the_start() =>
        Assert.Contains("cannot be read", Assert.Throws<SettingsException>(() => Read()).Message);
}
