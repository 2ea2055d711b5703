namespace Stackmeta.Simulation.Tests;

/// <summary>No answer goes to a guest whose port it is not, whatever changes, fails and lives on meanwhile.</summary>
public sealed class SimulationTests
{
    [Fact]
    public async Task Nobody_is_answered_as_another()
    {
        var outcome = await Histories.RunAsync(200_000, seed: 20_14, new());
        Assert.Empty(outcome.Violations);
        // It is about something: guests are answered, wait, are refused and are cut off.
        Assert.True(outcome.Answered > outcome.Requests / 10, outcome.ToString());
        Assert.True(outcome is { Refused: > 100, Waited: > 100, Changes: > 100 }, outcome.ToString());
    }

    /// <summary>S-1, S-2: with a promise left out, the simulation finds who is answered as another.</summary>
    [Theory]
    [InlineData("applied")]
    [InlineData("connections")]
    [InlineData("macs")]
    public async Task It_finds_what_it_is_for(string missing)
    {
        var outcome = await Histories.RunAsync(
            500_000,
            seed: 1,
            missing switch
            {
                "applied" => new() { IgnoresApplied = true },
                "macs" => new() { HidesMacs = true },
                _ => new() { KeepsConnections = true },
            }
        );
        Assert.NotEmpty(outcome.Violations);
    }
}
