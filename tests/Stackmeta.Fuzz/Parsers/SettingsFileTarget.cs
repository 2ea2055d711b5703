namespace Stackmeta.Fuzz;

/// <summary>The program's own settings.</summary>
sealed class SettingsFileTarget : TextTarget
{
    readonly string _path = Path.GetTempFileName();

    protected override IEnumerable<string> Texts =>
        [
            """{ "api": { "listen": ["127.0.0.1:8775"], "healthcheck": true /* a */ }, "agent": { "socket": "/a", }, "log": null, "a.b": 1e3 }""",
        ];

    protected override IEnumerable<string> Pieces =>
        [
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\"\\ud800\"",
            "//",
            "/*",
            "null",
            "-1",
            "1e999",
            "\ufeff",
            "\"\\u0000\"",
            "\n",
        ];

    protected override bool IsSaid(Exception exception) => exception is SettingsException;

    protected override ValueTask ParseAsync(byte[] input)
    {
        File.WriteAllBytes(_path, input);
        SettingsFile.Read(_path);
        return default;
    }

    protected override ValueTask CloseAsync()
    {
        File.Delete(_path);
        return default;
    }
}
