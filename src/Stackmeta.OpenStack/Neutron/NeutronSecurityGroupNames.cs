using System.Text.Json;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.OpenStack;

/// <summary>
/// Names of an instance's security groups: its ports' group ids in the order of Neutron's answer, repetitions kept, then their names
/// (spec/nova-metadata.md §7.8).
/// </summary>
public sealed class NeutronSecurityGroupNames(NeutronClient neutron) : ISecurityGroupNames
{
    // As many as Nova puts into one query.
    const int GroupsAtOnce = 150;

    /// <inheritdoc/>
    public async ValueTask<SecurityGroupAnswer> FindNamesAsync(string instanceId, CancellationToken cancellationToken)
    {
        var refused = new SecurityGroupAnswer(default, Refusal.SecurityGroupsUnavailable);
        var ports = await neutron.ListAsync(
            "ports",
            $"device_id={Uri.EscapeDataString(instanceId)}&fields=security_groups&fields=device_id",
            port => port.Member("security_groups").Items().Select(JsonText.Text).OfType<string>().ToArray(),
            cancellationToken
        );
        if (ports is null)
        {
            return refused;
        }
        var ids = ports.SelectMany(groups => groups).ToArray();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var some in ids.Distinct().Chunk(GroupsAtOnce))
        {
            var query = string.Concat(some.Select(id => $"id={Uri.EscapeDataString(id)}&")) + "fields=id&fields=name";
            var groups = await neutron.ListAsync("security-groups", query, Group, cancellationToken);
            if (groups is null)
            {
                return refused;
            }
            foreach (var (id, name) in groups)
            {
                // A group without a name is shown by its id.
                names[id] = name.Length > 0 ? name : id;
            }
        }
        return new([.. ids.Where(names.ContainsKey).Select(id => names[id])], Refusal.None);
    }

    static (string Id, string Name) Group(JsonElement group) =>
        (group.Member("id").Text() ?? "", group.Member("name").Text() ?? "");
}
