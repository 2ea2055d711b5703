using System.CommandLine;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>The names of networks, which tell people more than their ids.</summary>
sealed class NetworkNames
{
    readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    public static async ValueTask<NetworkNames> ReadAsync(IInventory inventory, CancellationToken cancellationToken)
    {
        var networks = new NetworkNames();
        await foreach (var network in inventory.Networks.ListAsync(cancellationToken))
        {
            networks._names[network.Id] = network.Name.Length > 0 ? network.Name : network.Id;
        }
        return networks;
    }

    public string Of(string networkId) => _names.GetValueOrDefault(networkId, networkId);
}

/// <summary><c>--network</c> of <c>list</c>.</summary>
class NetworkFilter<T>(Func<T, string> networkOf) : ListFilter<T>
    where T : class
{
    readonly Option<string?> _network = OptionKinds.Text("--network", "Only what is on one network", "NETWORK");

    public override IEnumerable<Option> All => [_network];

    public override async ValueTask<Func<T, bool>> ReadAsync(
        ParseResult parsed,
        IInventory inventory,
        CancellationToken cancellationToken
    )
    {
        if (parsed.GetValue(_network) is not { } name)
        {
            return _ => true;
        }
        var network = Refusals.Taken(await inventory.Networks.FindAsync(name, cancellationToken));
        return entry => networkOf(entry) == network.Id;
    }
}
