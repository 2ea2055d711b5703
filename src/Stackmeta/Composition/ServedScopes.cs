using Stackmeta.Edge;

namespace Stackmeta;

/// <summary>The networks and routers of the inventory, whose namespaces another process makes.</summary>
sealed class ServedScopes
{
    /// <summary>Replaced as a whole by the one who follows the inventory; read by all.</summary>
    volatile HashSet<EdgeScope> _scopes = [];

    /// <summary>Told whenever others are wanted.</summary>
    public Action Changed { get; set; } = static () => { };

    public bool Contains(EdgeScope scope) => _scopes.Contains(scope);

    public void Set(EdgeWanted wanted)
    {
        _scopes =
        [
            .. wanted.Networks.Select(static network => EdgeScope.Network(network.Id)),
            // What cannot be told of them stays as it is.
            .. wanted.UnknownNetworks.Keys.Select(EdgeScope.Network),
            .. wanted.Routers.Select(static router => EdgeScope.Router(router.Id)),
        ];
        Changed();
    }
}
