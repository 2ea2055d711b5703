namespace Stackmeta.Http;

/// <summary>
/// The parts of the way that a request goes, and that take time. A step may hold others: the edge holds the agent of its process, the agent
/// its look-ups.
/// </summary>
public enum PathStep
{
    /// <summary>The listener in a network's namespace.</summary>
    Edge,

    /// <summary>Finds out which instance asks.</summary>
    Agent,

    /// <summary>Waits for the port of an address: kept, or asked for.</summary>
    Ports,

    /// <summary>Waits for a metadata API that is another server.</summary>
    Upstream,

    /// <summary>Checks who asks, and renders.</summary>
    Api,

    /// <summary>Waits for an instance's record: kept, or asked for.</summary>
    Instances,

    /// <summary>Waits for names of security groups.</summary>
    SecurityGroups,

    /// <summary>Waits for vendor data targets.</summary>
    VendorData,

    /// <summary>Stores a password.</summary>
    Password,
}

/// <summary>The steps' names in metrics, traces and on the screen.</summary>
public static class PathSteps
{
    /// <summary>The hops, which take in requests and may refuse them; the other steps are what hops wait for.</summary>
    public static bool IsHop(PathStep step) => step is PathStep.Edge or PathStep.Agent or PathStep.Api;

    public static string NameOf(PathStep step) =>
        step switch
        {
            PathStep.Edge => "edge",
            PathStep.Agent => "agent",
            PathStep.Ports => "ports",
            PathStep.Upstream => "upstream",
            PathStep.Api => "api",
            PathStep.Instances => "instances",
            PathStep.SecurityGroups => "security-groups",
            PathStep.VendorData => "vendor-data",
            PathStep.Password => "password",
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, "Not a step."),
        };
}

/// <summary>A step of one request.</summary>
/// <param name="Step">Which one.</param>
/// <param name="Began">Since the request arrived.</param>
/// <param name="Duration">How long it took, with the steps that it holds.</param>
/// <param name="Depth">How many steps hold it.</param>
public readonly record struct StepTime(PathStep Step, TimeSpan Began, TimeSpan Duration, int Depth);
