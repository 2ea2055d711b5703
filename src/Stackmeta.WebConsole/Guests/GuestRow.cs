using System.Collections.Immutable;
using Stackmeta.Admin;

namespace Stackmeta.WebConsole;

/// <summary>A guest as the page lists it: what the inventory knows of it, what was seen of it, or both.</summary>
/// <param name="Name">What to ask about it by.</param>
/// <param name="Title">The instance's name; where it has none, its address.</param>
/// <param name="Network">Its network's id.</param>
/// <param name="Addresses">All that are known.</param>
/// <param name="Instance">The instance's id; null when not known.</param>
/// <param name="Last">Its last request; null when none was seen.</param>
/// <param name="Refused">Its last refusal that need be mended; null when there is none.</param>
sealed record GuestRow(
    GuestName Name,
    string Title,
    string Network,
    ImmutableArray<string> Addresses,
    string? Instance,
    TracedRequest? Last,
    TracedRequest? Refused
)
{
    /// <summary>Whether a search means this guest.</summary>
    public bool Fits(string search) =>
        Title.Contains(search, StringComparison.OrdinalIgnoreCase)
        || Name.Asked.StartsWith(search, StringComparison.OrdinalIgnoreCase)
        || Instance?.StartsWith(search, StringComparison.OrdinalIgnoreCase) == true
        || Addresses.Any(address => address.StartsWith(search, StringComparison.OrdinalIgnoreCase));
}
