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

    public void Set(IEnumerable<EdgeNetwork> networks, IEnumerable<EdgeRouter> routers)
    {
        _scopes =
        [
            .. networks.Select(network => EdgeScope.Network(network.Id)),
            .. routers.Select(router => EdgeScope.Router(router.Id)),
        ];
        Changed();
    }
}
