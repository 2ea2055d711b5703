using System.Globalization;

namespace Stackmeta.Tests.Support.Rig;

/// <summary>
/// A haproxy as Neutron's process manager runs it: file, command line, pid file, test of life, end
/// (spec/neutron-metadata.md §1.2, §1.6; neutron/agent/linux/external_process.py).
/// </summary>
/// <param name="uuid">The network's or router's.</param>
/// <param name="stateFolder">Neutron's <c>state_path</c>.</param>
/// <param name="haproxyFolder">The folder of PATH in which <c>haproxy</c> is.</param>
/// <param name="dataFolder">Where our program finds its edge; on a real host that is its settings file's matter.</param>
sealed class HaproxyProcess(string uuid, string @namespace, string stateFolder, string haproxyFolder, string dataFolder)
{
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    public string ConfigurationFile => Path.Combine(stateFolder, "ns-metadata-proxy", $"{uuid}.conf");

    public string PidFile => Path.Combine(stateFolder, "external", "pids", $"{uuid}.pid.haproxy");

    public int? ProcessId =>
        File.Exists(PidFile)
        && int.TryParse(File.ReadAllText(PidFile), NumberStyles.Integer, CultureInfo.InvariantCulture, out var id)
            ? id
            : null;

    /// <summary>Neutron's own test: the pid file holds a number, and that process has the uuid in its command line.</summary>
    public bool IsActive =>
        ProcessId is { } id
        && File.Exists($"/proc/{id}/cmdline")
        && File.ReadAllText($"/proc/{id}/cmdline").Contains(uuid, StringComparison.Ordinal);

    /// <summary>Writes the file, removes a stale pid file, runs the command, which must return, and waits until it is active.</summary>
    /// <param name="binds">The lines after <c>listen listener</c>.</param>
    /// <param name="identity">For example <c>X-Neutron-Network-ID</c>.</param>
    /// <param name="opposite">The header that is removed.</param>
    public Task<Shell.Result> StartAsync(string[] binds, string identity, string opposite) =>
        StartAsync(binds, [$"http-request del-header {opposite}", $"http-request set-header {identity} {uuid}"]);

    /// <summary>The same with other lines about headers.</summary>
    public async Task<Shell.Result> StartAsync(string[] binds, string[] rules)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(ConfigurationFile)!);
        Directory.CreateDirectory(Path.GetDirectoryName(PidFile)!);
        await File.WriteAllTextAsync(
            ConfigurationFile,
            NeutronHaproxyFile.Render(binds, $"{stateFolder}/metadata_proxy", rules, (uuid, "root", PidFile))
        );
        File.Delete(PidFile);
        var result = await Shell.TryAsync(
            "ip",
            ["netns", "exec", @namespace, "env", $"PROCESS_TAG=haproxy-{uuid}", "haproxy", "-f", ConfigurationFile],
            environment: new Dictionary<string, string?>
            {
                ["PATH"] = $"{haproxyFolder}:{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin",
                ["STACKMETA_DATA"] = dataFolder,
            }
        );
        for (var tries = 0; result.Code == 0 && !IsActive; tries++)
        {
            Assert.True(tries < 200, "It does not become active.");
            await Task.Delay(Poll);
        }
        return result;
    }

    /// <summary>SIGTERM, the wait for its end of at most 5 s, then both files go.</summary>
    public async Task StopAsync()
    {
        if (IsActive)
        {
            await Shell.RunAsync("kill", "-15", $"{ProcessId}");
            for (var tries = 0; IsActive; tries++)
            {
                Assert.True(tries < 100, "It does not end by SIGTERM within 5 s.");
                await Task.Delay(Poll);
            }
        }
        File.Delete(PidFile);
        File.Delete(ConfigurationFile);
    }
}
