namespace Stackmeta.EndToEnd.Tests;

/// <summary>A fault that is made for real, and what <c>stackmeta explain</c> must call it. docs/faults.md is made of these.</summary>
/// <param name="Name">For the test's name and the table.</param>
/// <param name="Finding">What it must be called.</param>
/// <param name="Script">Makes it, in a shell with the variables and functions of its <see cref="FaultWorld"/>.</param>
sealed record Fault(string Name, Finding Finding, string Script)
{
    /// <summary>Takes it back, so that the next is made in the same place; null where a new place is cheaper.</summary>
    public string? Heal { get; init; }

    /// <summary>What is explained, where it is not the guest's port or address.</summary>
    public string? Asked { get; init; }

    /// <summary>
    /// How long a question may take. On a busy machine a healthy answer may take longer than an operator would wait; where a hop is
    /// silent, a short time is enough.
    /// </summary>
    public string Patience { get; init; } = "5";

    /// <summary>All of them, by where they are made.</summary>
    public static IReadOnlyList<(string Place, IReadOnlyList<Fault> Faults)> All { get; } =
    [
        ("stackmeta up", OneProcessFaults.All),
        ("stackmeta up, with a haproxy in each network", HaproxyFaults.All),
        ("Edge, agent and API as three processes", ThreeProcessFaults.All),
        ("A network behind a router", RouterFaults.All),
        ("An OpenStack host: Neutron's namespace and database, Nova's databases", CloudFaults.All),
    ];
}
