namespace Stackmeta.Bench.Figures;

/// <summary>Our API on a real Nova's databases, with that Nova's own configuration.</summary>
static class OwnApi
{
    public static RunningProgram Start(RealCloud cloud, int port, string folder, params IEnumerable<string> settings) =>
        RunningProgram.Start(
            "ip",
            [
                "netns",
                "exec",
                cloud.Namespace,
                StackmetaData.Program,
                "api",
                "--config-file",
                cloud.NovaConfiguration,
                "--data",
                folder,
                "--set",
                $"api.listen=127.0.0.1:{port}",
                "--set",
                "log.level=warning",
                .. settings.SelectMany(setting => (string[])["--set", setting]),
            ],
            "Ready."
        );
}
