using System.Collections;
using System.Text.Json;

namespace Stackmeta.Tests;

/// <summary><c>stackmeta settings</c> shows what holds, also where nothing is set.</summary>
public sealed class SettingInEffectTests
{
    static SettingValues Read(params string[] assignments) =>
        SettingsReader.Read(null, new Hashtable { ["STACKMETA_CONFIG"] = NoSettings() }, assignments);

    // A file of this machine must not change what is tested.
    static string NoSettings()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "{}");
        return path;
    }

    static SettingInEffect Of(Setting setting, params string[] assignments) =>
        SettingInEffect.Of(Read(assignments), setting, static _ => null);

    [Fact]
    public void None_is_shown_as_nothing()
    {
        string[] all =
        [
            .. KnownSettings
                .All.Where(static setting => setting.Accepts(""))
                .Select(static setting => $"{setting.Name}="),
        ];
        foreach (var setting in KnownSettings.All)
        {
            Assert.NotEqual("", Of(setting).Shown);
            Assert.NotEqual("", Of(setting, all).Shown);
        }
    }

    [Fact]
    public void Places_in_the_data_folder_are_shown_as_they_are_used()
    {
        string[] data = ["data=/srv/meta"];
        Assert.Equal("/srv/meta", Of(KnownSettings.Data, data).Value);
        Assert.Equal("/srv/meta/secret", Of(KnownSettings.SharedSecretFile, data).Value);
        Assert.Equal("(the file /srv/meta/inventory.db)", Of(KnownSettings.InventoryUrl, data).Shown);
        Assert.Equal("/srv/meta/metadata_proxy", Of(KnownSettings.AgentSocket, data).Value);
        Assert.Equal("/srv/meta/run/admin.sock", Of(KnownSettings.AdminListen, data).Value);
        Assert.Equal(DataFolder.Of(Read()).Path, Of(KnownSettings.Data).Value);
        Assert.Equal("default", Of(KnownSettings.AdminListen, data).Origin);
        Assert.StartsWith("/", Of(KnownSettings.Data, "data=here").Value, StringComparison.Ordinal);
    }

    [Fact]
    public void With_a_user_for_the_guests_they_are_those_of_two_halves()
    {
        string[] two = ["data=/srv/meta", "edge.user=nobody", "edge.proxy=haproxy"];
        var folder = DataFolder.Of(Read(two));
        Assert.Equal(Path.Combine(folder.ServingState, "admin.sock"), Of(KnownSettings.AdminListen, two).Value);
        Assert.Equal(PrivilegedHalf.ProxySocket(folder), Of(KnownSettings.AgentSocket, two).Value);
    }

    [Fact]
    public void What_is_set_is_shown_as_it_was_written()
    {
        Assert.Equal(new("off", "", "--set admin.listen"), Of(KnownSettings.AdminListen, "admin.listen=off"));
        Assert.Equal(new("/x", "", "--set agent.socket"), Of(KnownSettings.AgentSocket, "agent.socket=/x"));
        Assert.Equal(
            "postgresql://me:***@db/x",
            Of(KnownSettings.InventoryUrl, "inventory.url=postgresql://me:pw@db/x").Shown
        );
    }

    [Theory]
    [InlineData("http://collector:4318", "http://collector:4318")]
    [InlineData("collector", "(must be an address such as http://127.0.0.1:4318)")]
    [InlineData("", "off")]
    public void The_environments_collector_is_shown_where_none_is_set(string variable, string shown)
    {
        var held = SettingInEffect.Of(
            Read(),
            KnownSettings.OtlpEndpoint,
            name => name == "OTEL_EXPORTER_OTLP_ENDPOINT" ? variable : null
        );
        Assert.Equal(shown, held.Shown);
        Assert.Equal(variable.Length > 0 ? "environment OTEL_EXPORTER_OTLP_ENDPOINT" : "default", held.Origin);
    }

    [Fact]
    public async Task The_command_prints_them()
    {
        using var line = new InventoryCommandLine();
        var table = await line.DoneAsync("settings");
        Assert.Contains($"{line.Folder}/run/admin.sock", table);
        var json = await line.JsonAsync("settings");
        var secret = json.EnumerateArray()
            .Single(static one => one.GetProperty("setting").ValueEquals("shared_secret_file"));
        Assert.Equal($"{line.Folder}/secret", secret.GetProperty("value").GetString());
        Assert.Equal(JsonValueKind.String, secret.GetProperty("note").ValueKind);
    }
}
