namespace Stackmeta.Hostile.Tests;

/// <summary>The programs by which networks are made, with a switch: while it is set they fail, as on a host in trouble.</summary>
static class FaultyTools
{
    static readonly string[] Names = ["ip", "nft"];

    /// <summary>The PATH in which they come first.</summary>
    public static string PathBefore(string folder) =>
        $"{Path.Combine(folder, "tools")}:{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";

    public static void Install(string folder)
    {
        var tools = Directory.CreateDirectory(Path.Combine(folder, "tools"));
        foreach (var name in Names)
        {
            var real = ((string[])["/usr/sbin", "/sbin", "/usr/bin", "/bin"])
                .Select(place => Path.Combine(place, name))
                .First(File.Exists);
            var path = Path.Combine(tools.FullName, name);
            File.WriteAllText(
                path,
                $"#!/bin/sh\n[ -e '{SwitchOf(folder, name)}' ] && {{ echo '{name}: Too many open files' >&2; exit 1; }}\nexec {real} \"$@\"\n"
            );
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public static void Break(string folder, string name) => File.WriteAllText(SwitchOf(folder, name), "");

    public static void Mend(string folder)
    {
        foreach (var name in Names)
        {
            File.Delete(SwitchOf(folder, name));
        }
    }

    static string SwitchOf(string folder, string name) => Path.Combine(folder, $"broken-{name}");
}
