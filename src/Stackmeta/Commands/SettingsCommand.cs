using System.CommandLine;
using System.Text.Json;

namespace Stackmeta;

/// <summary><c>stackmeta settings</c>: what holds, and where it comes from.</summary>
static class SettingsCommand
{
    public static Command Create(CommonOptions common)
    {
        var format = OutputOption.Create();
        var command = new ExampleCommand(
            "settings",
            "Print the settings that hold and where each comes from.",
            "stackmeta settings",
            "stackmeta settings --set api.cache_seconds=0 --output json"
        )
        {
            format,
        };
        command.SetAction(parsed =>
        {
            var values = common.Read(parsed);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(format) == OutputFormat.Json)
            {
                output.WriteLine(Json(values));
            }
            else
            {
                Table.Write(
                    output,
                    ["setting", "value", "origin"],
                    KnownSettings.All.Select(setting =>
                        (IReadOnlyList<string?>)[setting.Name, values.ShownOf(setting), values.OriginOf(setting)]
                    )
                );
            }
            return ExitCodes.Done;
        });
        return command;
    }

    static string Json(SettingValues values)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartArray();
            foreach (var setting in KnownSettings.All)
            {
                writer.WriteStartObject();
                writer.WriteString("setting", setting.Name);
                writer.WriteString("value", values.ShownOf(setting));
                writer.WriteString("origin", values.OriginOf(setting));
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
