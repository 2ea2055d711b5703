namespace Stackmeta;

/// <summary>The settings that hold, checked, with where each came from.</summary>
public sealed class SettingValues
{
    readonly Dictionary<string, (string Text, string Origin)> _set;

    internal SettingValues(Dictionary<string, (string Text, string Origin)> set) => _set = set;

    /// <summary>The value: what was set last in the order file, environment, command line, else the default.</summary>
    public T Get<T>(Setting<T> setting) => setting.Parse(TextOf(setting));

    /// <summary>The same, but with another default for one of them.</summary>
    internal SettingValues WithDefault(Setting setting, string text) =>
        IsSet(setting) ? this : new(new(_set) { [setting.Name] = (text, "default") });

    /// <summary>The same, but with another value for one of them.</summary>
    internal SettingValues With(Setting setting, string text) =>
        new(new(_set) { [setting.Name] = (text, "this program") });

    /// <summary>Whether anything but the default holds.</summary>
    public bool IsSet(Setting setting) => _set.ContainsKey(setting.Name);

    /// <summary>Where the value comes from, for messages.</summary>
    public string OriginOf(Setting setting) => _set.TryGetValue(setting.Name, out var found) ? found.Origin : "default";

    /// <summary>The value as it may be printed.</summary>
    public string ShownOf(Setting setting) => setting.Show(TextOf(setting));

    /// <summary>The value as it was written.</summary>
    public string TextOf(Setting setting) =>
        _set.TryGetValue(setting.Name, out var found) ? found.Text : setting.DefaultText;
}
