using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary><c>stackmeta instance</c>.</summary>
/// <param name="openInput">Where user data and keys named <c>-</c> come from.</param>
sealed class InstanceNoun(Func<Stream> openInput)
    : Noun<InstanceEntry>("instance", "Virtual machines and what they are told.", needsName: true)
{
    public override IEntries<InstanceEntry> Of(IInventory inventory) => inventory.Instances;

    public override InstanceEntry New(string name) => new() { Name = name };

    public override JsonTypeInfo<InstanceEntry> Shape => InventoryJson.Default.InstanceEntry;

    public override string IdOf(InstanceEntry entry) => entry.Id;

    public override EditedPart<InstanceEntry> EditedPart { get; } =
        new(
            "--user-data",
            "Edit its user data as it is",
            static entry => entry.UserData?.ToArray() ?? [],
            static (file, warnings) => UserDataFile.Read(file, static () => Stream.Null, warnings),
            static (entry, bytes) => entry with { UserData = bytes.Length > 0 ? bytes : null }
        );

    public override IReadOnlyList<string> Columns => ["id", "name", "hostname", "project", "addresses"];

    public override (string Create, string List, string Set) Examples =>
        (
            "stackmeta instance create web-1 --nic net=private,ip=10.0.0.5 --key-name alice --public-key ~/.ssh/id_ed25519.pub --user-data cloud-config.yaml",
            "stackmeta instance list --project demo",
            "stackmeta instance set web-1 --property role=db --no-property tier --user-data -"
        );

    public override async ValueTask<IEnumerable<IReadOnlyList<string?>>> RowsAsync(
        IInventory inventory,
        IReadOnlyList<InstanceEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var networks = await NetworkNames.ReadAsync(inventory, cancellationToken);
        var ports = await inventory
            .Ports.ListAsync(cancellationToken)
            .ToLookupAsync(port => port.DeviceId, cancellationToken: cancellationToken);
        return entries.Select(entry =>
            (IReadOnlyList<string?>)
                [
                    entry.Id,
                    entry.Name,
                    entry.Hostname,
                    entry.ProjectId,
                    string.Join("; ", ports[entry.Id].Select(port => Addresses(port, networks))),
                ]
        );
    }

    /// <summary>By network, floating IPs behind the fixed one that they lead to.</summary>
    public override async ValueTask<IEnumerable<(string Name, JsonNode Value)>> FurtherAsync(
        IInventory inventory,
        InstanceEntry entry,
        CancellationToken cancellationToken
    )
    {
        var networks = await NetworkNames.ReadAsync(inventory, cancellationToken);
        var addresses = new JsonObject();
        await foreach (var port in inventory.Ports.ListAsync(cancellationToken))
        {
            if (port.DeviceId != entry.Id)
            {
                continue;
            }
            var network = networks.Of(port.NetworkId);
            if (addresses[network] is not JsonArray list)
            {
                addresses[network] = list = [];
            }
            foreach (var fixedIp in port.FixedIps!.Value)
            {
                list.Add((JsonNode)fixedIp.IpAddress);
                foreach (var floating in fixedIp.FloatingIps)
                {
                    list.Add((JsonNode)floating);
                }
            }
        }
        return [("addresses", addresses)];
    }

    public override EntryOptions<InstanceEntry> Options(bool isNew) =>
        isNew ? new InstanceCreateOptions(openInput) : new InstanceSetOptions(openInput);

    public override EntryOptions<InstanceEntry> UnsetOptions() => new InstanceUnsetOptions();

    public override ListFilter<InstanceEntry> Filter() => new ProjectFilter();

    /// <summary>A list is for finding instances: what may be large or secret is shown of one only.</summary>
    public override InstanceEntry ForList(InstanceEntry entry) => entry with { UserData = null, Password = "" };

    static string Addresses(PortEntry port, NetworkNames networks) =>
        $"{networks.Of(port.NetworkId)}={string.Join(',', port.FixedIps!.Value.Select(ip => ip.IpAddress))}";

    sealed class ProjectFilter : ListFilter<InstanceEntry>
    {
        readonly Option<string?> _project = OptionKinds.Text("--project", "Only those of one project", "ID");

        public override IEnumerable<Option> All => [_project];

        public override ValueTask<Func<InstanceEntry, bool>> ReadAsync(
            ParseResult parsed,
            IInventory inventory,
            CancellationToken cancellationToken
        )
        {
            var project = parsed.GetValue(_project);
            return ValueTask.FromResult<Func<InstanceEntry, bool>>(entry =>
                project is null || entry.ProjectId == project
            );
        }
    }
}
