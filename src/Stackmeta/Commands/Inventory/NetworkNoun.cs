using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary><c>stackmeta network</c>.</summary>
sealed class NetworkNoun() : Noun<NetworkEntry>("network", "Networks that guests are on.", needsName: true)
{
    public override IEntries<NetworkEntry> Of(IInventory inventory) => inventory.Networks;

    public override NetworkEntry New(string name) => new() { Name = name };

    public override JsonTypeInfo<NetworkEntry> Shape => InventoryJson.Default.NetworkEntry;

    public override string IdOf(NetworkEntry entry) => entry.Id;

    public override IReadOnlyList<string> Columns => ["id", "name", "project", "mtu", "subnets"];

    public override (string Create, string List, string Set) Examples =>
        (
            "stackmeta network create private --mtu 1450",
            "stackmeta network list",
            "stackmeta network set private --name backend"
        );

    public override async ValueTask<IEnumerable<IReadOnlyList<string?>>> RowsAsync(
        IInventory inventory,
        IReadOnlyList<NetworkEntry> entries,
        CancellationToken cancellationToken
    )
    {
        var subnets = await inventory
            .Subnets.ListAsync(cancellationToken)
            .ToLookupAsync(subnet => subnet.NetworkId, subnet => subnet.Cidr, cancellationToken: cancellationToken);
        return entries.Select(entry =>
            (IReadOnlyList<string?>)
                [entry.Id, entry.Name, entry.ProjectId, entry.Mtu?.ToString(), string.Join(", ", subnets[entry.Id])]
        );
    }

    public override EntryOptions<NetworkEntry> Options(bool isNew) => new NetworkOptions(isNew);

    sealed class NetworkOptions(bool isNew) : EntryOptions<NetworkEntry>
    {
        readonly Option<string?> _id = OptionKinds.Text("--id", "The uuid, when it must be a certain one", "UUID");
        readonly Option<string?> _name = OptionKinds.Text("--name", "Another name", "NAME");
        readonly Option<string?> _project = OptionKinds.Text("--project", "The project that owns it", "ID");
        readonly Option<int?> _mtu = OptionKinds.Number("--mtu", "Bytes, 68 to 65535");

        public override IEnumerable<Option> All => [isNew ? _id : _name, _project, _mtu];

        public override Func<NetworkEntry, NetworkEntry> Read(ParseResult parsed) =>
            entry =>
                entry with
                {
                    Id = isNew ? parsed.GetValue(_id) ?? entry.Id : entry.Id,
                    Name = isNew ? entry.Name : parsed.GetValue(_name) ?? entry.Name,
                    ProjectId = parsed.GetValue(_project) ?? entry.ProjectId,
                    Mtu = parsed.GetValue(_mtu) ?? entry.Mtu,
                };
    }
}
