namespace Stackmeta.Edge.Tests;

/// <summary>Programs that are run to their end.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task Have_nothing_of_the_environment_but_the_search_path()
    {
        Environment.SetEnvironmentVariable("STACKMETA_TEST_CANARY", "canary");
        var said = await new Command("env").RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["PATH"], said.Trim().Split('\n').Select(static line => line.Split('=')[0]));
    }
}
