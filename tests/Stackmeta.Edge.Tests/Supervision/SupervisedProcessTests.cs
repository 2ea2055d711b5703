using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Core.Supervision;

namespace Stackmeta.Edge.Tests;

public sealed class SupervisedProcessTests
{
    [Fact]
    public async Task A_missing_program_is_a_fault_with_its_name_and_not_an_end()
    {
        using var starter = new ProcessStarter(
            new Supervisor(TimeProvider.System, NullLogger<Supervisor>.Instance),
            TimeProvider.System
        );
        await using var process = new SupervisedProcess(
            new()
            {
                Program = "stackmeta-no-such-program",
                Arguments = [],
                Namespace = "none",
                User = new(0, 0),
                Capabilities = [],
                Ports = [],
            },
            starter,
            TimeProvider.System,
            NullLogger.Instance,
            changed: () => { }
        );
        await process.StartAsync();
        Assert.Equal("stackmeta-no-such-program is missing.", process.Fault);
    }

    [Theory]
    [InlineData("dnsmasq", "dnsmasq-base")]
    [InlineData("haproxy", "haproxy")]
    [InlineData("radvd", "radvd")]
    [InlineData("ip", "iproute2")]
    public void A_missing_program_names_its_Debian_package(string program, string package)
    {
        var error = Assert.Throws<EdgeException>(() => Executables.Find(program, directories: []));
        Assert.Equal($"{program} is missing: apt-get install {package}", error.Message);
    }
}
