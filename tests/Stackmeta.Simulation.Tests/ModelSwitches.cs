namespace Stackmeta.Simulation.Tests;

/// <summary>What may be left out, to see that the simulation finds what it is for.</summary>
sealed record ModelSwitches
{
    /// <summary>Answers do not follow what is applied.</summary>
    public bool IgnoresApplied { get; init; }

    /// <summary>Connections of changed ports go on.</summary>
    public bool KeepsConnections { get; init; }

    /// <summary>The agent is not told MACs.</summary>
    public bool HidesMacs { get; init; }
}

/// <summary>What became of the requests of some histories.</summary>
sealed record SimulationOutcome(
    long Requests,
    long Answered,
    long Refused,
    long CutOff,
    long Waited,
    long Changes,
    IReadOnlyList<string> Violations
)
{
    public override string ToString() =>
        $"{Requests} requests: {Answered} answered, {Refused} refused, {CutOff} cut off, {Waited} had to wait; {Changes} changes; {Violations.Count} answers to another guest";
}
