using System.Diagnostics;
using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary>The units that the package installs, judged by systemd's own tools.</summary>
public sealed class UnitTests
{
    static readonly string Folder = Path.Combine(Repository.Root, "deploy", "systemd");

    /// <summary>Names of all units.</summary>
    public static TheoryData<string> All =>
        [.. Directory.EnumerateFiles(Folder, "*.service").Select(path => Path.GetFileName(path)).Order()];

    static string AnalyzeUnits(params string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "systemd is not installed; ./test installs it.");
        using var process = Process.Start(
            new ProcessStartInfo("/usr/bin/systemd-analyze", arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        // It writes far less than a pipe holds.
        process.WaitForExit();
        var error = process.StandardError.ReadToEnd();
        Assert.True(process.ExitCode == 0, process.StandardOutput.ReadToEnd() + error);
        return error;
    }

    static string[] LinesOf(string unit) => File.ReadAllLines(Path.Combine(Folder, unit));

    [Theory]
    [MemberData(nameof(All))]
    public void Systemd_understands_every_line(string unit)
    {
        // The program and its user are where the package puts them; here others stand in, which the tool looks for.
        var folder = Directory.CreateTempSubdirectory("stackmeta-units-");
        try
        {
            foreach (var one in Directory.EnumerateFiles(Folder, "*.service"))
            {
                File.WriteAllText(
                    Path.Combine(folder.FullName, Path.GetFileName(one)),
                    File.ReadAllText(one).Replace("/usr/bin/stackmeta", "/bin/true", StringComparison.Ordinal)
                );
            }
            var said = AnalyzeUnits("verify", "--man=no", "--recursive-errors=no", Path.Combine(folder.FullName, unit));
            Assert.DoesNotContain(folder.FullName, said, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>
    /// Exposure by systemd's own measure, from 0 to 100; none may grow. The first makes networks for the whole host, and cannot be shut in
    /// more.
    /// </summary>
    [Theory]
    [InlineData("stackmeta.service", 58)]
    [InlineData("stackmeta-opener.service", 31)]
    [InlineData("stackmeta-edge.service", 13)]
    [InlineData("stackmeta-agent.service", 13)]
    [InlineData("stackmeta-api.service", 13)]
    public void No_service_is_more_exposed_than_it_must_be(string unit, int most) =>
        AnalyzeUnits("security", "--offline=yes", $"--threshold={most}", Path.Combine(Folder, unit));

    [Theory]
    [MemberData(nameof(All))]
    public void Its_command_is_one_that_the_program_knows(string unit)
    {
        var line = Assert.Single(
            LinesOf(unit),
            line => line.StartsWith("ExecStart=/usr/bin/stackmeta ", StringComparison.Ordinal)
        );
        var words = line.Split(' ')[1..].Where(word => !word.StartsWith('$')).ToArray();
        Assert.Empty(CommandTree.Create().Parse(words).Errors);
        var settings = words.Where((_, index) => index > 0 && words[index - 1] == "--set");
        SettingsReader.Read(null, new System.Collections.Hashtable(), settings);
    }

    /// <summary>What the program does for each, so that the unit and the program do not part.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void It_tells_systemd_reloads_keeps_its_sockets_and_is_watched(string unit)
    {
        var lines = LinesOf(unit);
        Assert.Contains("Type=notify", lines);
        Assert.Contains("NotifyAccess=main", lines);
        Assert.Contains("ExecReload=/bin/kill -HUP $MAINPID", lines);
        Assert.Contains(lines, line => line.StartsWith("FileDescriptorStoreMax=", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("WatchdogSec=", StringComparison.Ordinal));
        Assert.Contains("NoNewPrivileges=yes", lines);
    }

    [Theory]
    [InlineData("stackmeta-api.service")]
    [InlineData("stackmeta-agent.service")]
    [InlineData("stackmeta-edge.service")]
    public void Who_serves_guests_has_no_right(string unit)
    {
        Assert.Contains("User=stackmeta", LinesOf(unit));
        Assert.Contains("CapabilityBoundingSet=", LinesOf(unit));
    }

    [Fact]
    public void The_settings_file_of_the_package_is_a_right_one() =>
        SettingsReader.Read(Path.Combine(Folder, "stackmeta.json"), new System.Collections.Hashtable(), []);
}
