using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary>What can be said of the package and of Kolla's files without making any of it; <c>./test package</c> lives with it.</summary>
public sealed class PackagingTests
{
    static readonly string Deploy = Path.Combine(Repository.Root, "deploy");

    [Theory]
    [InlineData("postinst")]
    [InlineData("prerm")]
    [InlineData("postrm")]
    public void Scripts_of_the_package_are_right_for_a_plain_shell(string script)
    {
        using var process = Process.Start("/bin/sh", ["-n", Path.Combine(Deploy, "debian", script)]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public void Scripts_know_every_unit()
    {
        var units = Directory
            .EnumerateFiles(Path.Combine(Deploy, "systemd"), "*.service")
            .Select(Path.GetFileName)
            .ToList();
        Assert.Equal(5, units.Count);
        foreach (var unit in units)
        {
            var name = Path.GetFileNameWithoutExtension(unit);
            // Restarted at an upgrade, stopped at a removal, forgotten at a purge.
            Assert.Matches($@"for unit in [^;]*\b{name}\b[ ;]", Script("postinst"));
            Assert.Matches($@"for unit in [^;]*\b{name}\b[ ;]", Script("prerm"));
            Assert.Matches($@"units=""[^""]*\b{name}\.service", Script("postrm"));
        }
    }

    static string Script(string name) => File.ReadAllText(Path.Combine(Deploy, "debian", name));

    [Fact]
    public void The_change_log_is_of_this_version()
    {
        var version = typeof(StackmetaProgram)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];
        Assert.StartsWith(
            $"stackmeta ({version}) ",
            File.ReadAllText(Path.Combine(Deploy, "debian", "changelog")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("api")]
    [InlineData("agent")]
    public void Kollas_command_is_one_that_the_program_knows_and_its_files_are_brought(string hop)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Deploy, "kolla", $"{hop}.json")));
        var words = document.RootElement.GetProperty("command").GetString()!.Split(' ')[1..];
        Assert.Empty(CommandTree.Create().Parse(words).Errors);
        SettingsReader.Read(
            null,
            new System.Collections.Hashtable(),
            words.Where((_, index) => index > 0 && words[index - 1] == "--set")
        );
        var brought = document
            .RootElement.GetProperty("config_files")
            .EnumerateArray()
            .Select(file => file.GetProperty("dest").GetString())
            .ToList();
        Assert.All(
            words.Where((_, index) => index > 0 && words[index - 1] == "--config-file"),
            file => Assert.Contains(file, brought)
        );
    }
}
