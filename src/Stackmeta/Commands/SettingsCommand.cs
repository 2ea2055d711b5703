using System.CommandLine;
using System.Text.Json;

namespace Stackmeta;

/// <summary><c>stackmeta settings</c>: what holds, and where it comes from.</summary>
static class SettingsCommand
{
    public static Command Create(CommonOptions common)
    {
        var shown = new RowOutput(["setting", "value", "origin"]);
        var command = new ExampleCommand(
            "settings",
            "Print the settings that hold and where each comes from.",
            "stackmeta settings",
            "stackmeta settings --set api.cache_seconds=0 --output json"
        );
        shown.AddTo(command);
        command.SetAction(parsed =>
        {
            var values = common.Read(parsed);
            shown.Write(
                parsed,
                KnownSettings.All.Select(setting =>
                    RowOf(setting.Name, SettingInEffect.Of(values, setting, Environment.GetEnvironmentVariable))
                )
            );
            return ExitCodes.Done;
        });
        return command;
    }

    static RowOutput.Row RowOf(string name, SettingInEffect held) =>
        new([name, held.Shown, held.Origin], json => WriteJson(json, name, held));

    static void WriteJson(Utf8JsonWriter json, string name, SettingInEffect held)
    {
        json.WriteStartObject();
        json.WriteString("setting", name);
        json.WriteString("value", held.Value);
        json.WriteString("note", held.Note);
        json.WriteString("origin", held.Origin);
        json.WriteEndObject();
    }
}
