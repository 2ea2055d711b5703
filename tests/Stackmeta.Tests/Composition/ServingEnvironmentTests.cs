using System.Collections;

namespace Stackmeta.Tests;

/// <summary>What the half that serves guests has of root's environment.</summary>
public sealed class ServingEnvironmentTests
{
    [Theory]
    [InlineData("PATH", true)]
    [InlineData("LC_ALL", true)]
    [InlineData("STACKMETA_INVENTORY_URL", true)]
    [InlineData("DOTNET_ROOT", true)]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", true)]
    [InlineData("PGPASSWORD", true)]
    [InlineData("OS_KEYSTONE_AUTHTOKEN__PASSWORD", true)]
    [InlineData("OS_PASSWORD", false)]
    [InlineData("PGP_KEY", false)]
    [InlineData("AWS_SECRET_ACCESS_KEY", false)]
    [InlineData("HOME", false)]
    [InlineData("SSH_AUTH_SOCK", false)]
    [InlineData("LD_PRELOAD", false)]
    [InlineData("CREDENTIALS_DIRECTORY", false)]
    // Told to the service, which is the other half alone (sd_notify(3), sd_listen_fds(3)).
    [InlineData("NOTIFY_SOCKET", false)]
    [InlineData("LISTEN_FDS", false)]
    [InlineData("WATCHDOG_USEC", false)]
    public void Is_what_the_program_reads(string name, bool isThere) =>
        Assert.Equal(isThere, ServingEnvironment.Of(new Hashtable { [name] = "text" }).ContainsKey(name));
}
