using System.Text;

namespace Stackmeta;

/// <summary>The reference of all settings as a Markdown page; docs/settings.md is this text, and a test holds them equal.</summary>
static class SettingsReference
{
    public static string Markdown()
    {
        var text = new StringBuilder(
            $$"""
            # Settings

            One file, JSON with comments: `--config FILE`, else `$STACKMETA_CONFIG`, else `{{SettingsReader.UsualFile}}` where it exists.
            A dot in a name is a section of the file: `api.listen` is `{ "api": { "listen": … } }`. The environment beats the file, `--set NAME=VALUE`
            beats both. An unknown name or a senseless value stops the start and is named with its place.
            `stackmeta settings` prints what holds and where it comes from. Of systemd's credentials (`LoadCredential=`), `stackmeta_shared_secret` is
            `shared_secret_file` and `stackmeta_inventory_password` is `inventory.password_file`, where nothing else sets them.

            A running program reads the file again at SIGHUP (`systemctl reload stackmeta`): what is marked live holds at once, the rest from the next start on,
            and the log says so. If anything in it cannot be used, nothing changes, and the log says what.

            | name | environment | default | live | what it does | value |
            |---|---|---|---|---|---|

            """
        );
        foreach (var setting in KnownSettings.All)
        {
            var standard = setting.DefaultText.Length > 0 ? $"`{setting.DefaultText}`" : "";
            text.Append(
                $"| `{setting.Name}` | `{setting.EnvironmentName}` | {standard} | {(setting.IsLive ? "yes" : "")} | {setting.Description} | {setting.Kind} |\n"
            );
        }
        return text.ToString();
    }
}
