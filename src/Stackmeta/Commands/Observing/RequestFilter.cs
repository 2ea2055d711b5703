using System.CommandLine;

namespace Stackmeta;

/// <summary>Options that choose whose requests are shown, the same for every command that has them.</summary>
sealed class RequestFilter
{
    public Option<string?> Network { get; } =
        new("--network") { Description = "Only those of this network or router, by id or name", HelpName = "NETWORK" };

    public Option<string?> Instance { get; } =
        new("--instance") { Description = "Only those of this instance, by id or name", HelpName = "INSTANCE" };

    /// <exception cref="CommandException">None or several have a name.</exception>
    public async ValueTask<Chosen> ReadAsync(
        ParseResult parsed,
        SettingValues settings,
        CancellationToken cancellationToken
    )
    {
        var parts = new List<string>();
        var unknown = new List<NamedInventory>();
        if (parsed.GetValue(Network) is { } network)
        {
            Add("network", await NamedInventory.ScopeAsync(network, settings, cancellationToken));
        }
        if (parsed.GetValue(Instance) is { } instance)
        {
            Add("instance", await NamedInventory.InstanceAsync(instance, settings, cancellationToken));
        }
        return new(parts.Count == 0 ? "" : $"?{string.Join('&', parts)}", unknown);

        void Add(string name, NamedInventory named)
        {
            parts.Add($"{name}={Uri.EscapeDataString(named.Id)}");
            if (!named.IsKnown)
            {
                unknown.Add(named);
            }
        }
    }

    /// <param name="Query">For the admin socket; empty for all.</param>
    /// <param name="Unknown">What the inventory does not have.</param>
    public sealed record Chosen(string Query, IReadOnlyList<NamedInventory> Unknown);
}
