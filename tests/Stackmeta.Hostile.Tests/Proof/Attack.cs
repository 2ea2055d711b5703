namespace Stackmeta.Hostile.Tests;

/// <summary>An attack, and where it makes sense.</summary>
/// <param name="Name">What it tries.</param>
/// <param name="Wave">Attacks of one wave go on at the same time: it takes less of ours, and is worse for what is attacked.</param>
/// <param name="In">The worlds in which it is tried.</param>
/// <param name="RunAsync">Does it; fails when it finds something wrong that is not seen by the neighbours or in the loot.</param>
sealed record Attack(string Name, string Wave, Kinds In, Func<Assault, Task> RunAsync)
{
    /// <summary>Whether answers of 503 are right while it lasts: it makes the host fail.</summary>
    public bool MayBeUnavailable { get; init; }

    /// <summary>Whether Alice asks too, being nobody's victim.</summary>
    public bool SparesAlice { get; init; } = true;
}
