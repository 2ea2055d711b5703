using System.Collections.Immutable;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>What the inventory refuses, as errors of a command.</summary>
static class Refusals
{
    /// <summary>The value of an outcome.</summary>
    /// <exception cref="CommandException">It is a refusal.</exception>
    public static T Taken<T>(Outcome<T> outcome)
        where T : class => outcome.IsRefused ? throw Error(outcome.Objections) : outcome.Value;

    /// <summary>One sentence for each objection, on a line of its own.</summary>
    /// <param name="source">What was read, when it was a document.</param>
    public static CommandException Error(ImmutableArray<Objection> objections, string? source = null)
    {
        var sentences = objections.Select(objection => source is null ? $"{objection}." : $"{source}: {objection}.");
        return new CommandException(string.Join(Environment.NewLine + "stackmeta: ", sentences));
    }
}
