namespace Stackmeta.Inventory;

/// <summary>One transaction on the store: what the rules read and write with. Used by one caller at a time.</summary>
sealed class InventorySession(SqlCommands sql)
{
    readonly HashSet<InventoryChange> _changes = [];
    readonly Dictionary<string, AddressPool> _pools = new(StringComparer.Ordinal);

    public SqlCommands Sql => sql;

    /// <summary>What is told to those who follow the inventory, once the transaction is done.</summary>
    public IReadOnlyCollection<InventoryChange> Changes => _changes;

    /// <summary>
    /// Set while a document is imported: takes what can only be settled when all of the document is known, because what the
    /// document leaves to the inventory must not get in the way of what it says further down.
    /// </summary>
    public Action<Func<Objections, ValueTask>>? Defer { get; set; }

    /// <summary>Does something now, or at the end of an import.</summary>
    public ValueTask SettleAsync(Objections objections, Func<Objections, ValueTask> work)
    {
        if (Defer is null)
        {
            return work(objections);
        }
        Defer(work);
        return ValueTask.CompletedTask;
    }

    public void Changed(InventoryChangeKind kind, string id)
    {
        // One more than are written by name: that many are written as everything.
        if (_changes.Count <= ChangeTable.LargestTransaction)
        {
            _changes.Add(new(kind, id));
        }
    }

    /// <summary>
    /// The free addresses of a subnet, read once a transaction: an import that takes 100,000 addresses from one subnet
    /// would otherwise read them as often.
    /// </summary>
    public async ValueTask<AddressPool> PoolAsync(SubnetEntry subnet)
    {
        if (!_pools.TryGetValue(subnet.Id, out var pool))
        {
            pool = new AddressPool(subnet, await PortTable.AddressesAsync(sql, subnet.Id));
            _pools.Add(subnet.Id, pool);
        }
        return pool;
    }

    /// <summary>Notes that an address was given to a port, whoever chose it.</summary>
    public void Taken(string subnetId, string address)
    {
        if (_pools.TryGetValue(subnetId, out var pool))
        {
            pool.Take(address);
        }
    }

    /// <summary>Must be called when the addresses of a subnet, or its gateway, are no longer what the pool believes.</summary>
    public void ForgetPool(string subnetId) => _pools.Remove(subnetId);
}
