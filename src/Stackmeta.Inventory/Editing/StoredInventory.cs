using System.Collections.Immutable;

namespace Stackmeta.Inventory;

/// <summary>The inventory in a store.</summary>
sealed class StoredInventory(IInventoryStore store) : IInventory
{
    public IEntries<NetworkEntry> Networks { get; } = new EntriesOf<NetworkEntry>(store, NetworkRules.Instance);

    public IEntries<SubnetEntry> Subnets { get; } = new EntriesOf<SubnetEntry>(store, SubnetRules.Instance);

    public IEntries<RouterEntry> Routers { get; } = new EntriesOf<RouterEntry>(store, RouterRules.Instance);

    public IEntries<PortEntry> Ports { get; } = new EntriesOf<PortEntry>(store, PortRules.Instance);

    public IEntries<InstanceEntry> Instances { get; } = new EntriesOf<InstanceEntry>(store, InstanceRules.Instance);

    public ValueTask<Outcome<T>> TogetherAsync<T>(
        Func<IInventory, ValueTask<Outcome<T>>> work,
        CancellationToken cancellationToken = default
    )
        where T : class =>
        store.WriteAsync(
            async session =>
            {
                var transaction = new OpenTransaction(session);
                var outcome = await work(new StoredInventory(transaction));
                return outcome.IsRefused || transaction.Objections.IsEmpty ? outcome : transaction.Objections;
            },
            cancellationToken
        );

    public ValueTask<ImmutableArray<NetworkLayout>> ReadLayoutsAsync(CancellationToken cancellationToken = default) =>
        store.ReadAsync(session => LayoutReading.ReadAsync(session.Sql, cancellationToken), cancellationToken);

    public ValueTask<ImmutableArray<NetworkLayout>> ReadLayoutsAsync(
        IReadOnlyCollection<string> networkIds,
        CancellationToken cancellationToken = default
    ) => store.ReadAsync(session => LayoutReading.ReadAsync(session.Sql, networkIds), cancellationToken);

    public ValueTask<ImmutableArray<NetworkLayout>> ReadLayoutsOfHostAsync(
        string host,
        CancellationToken cancellationToken = default
    ) => store.ReadAsync(session => LayoutReading.ReadOfHostAsync(session.Sql, host), cancellationToken);

    public async ValueTask<ImmutableArray<Objection>> ImportAsync(
        Stream document,
        ImportOptions options,
        IProgress<ImportProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        var outcome = await store.WriteAsync<string>(
            async session =>
            {
                var import = new Import(session, options, progress);
                var objections = await import.RunAsync(document, cancellationToken);
                return ImportOutcome.Of(objections, options);
            },
            cancellationToken
        );
        return ImportOutcome.ObjectionsOf(outcome);
    }

    public async ValueTask ExportAsync(Stream document, CancellationToken cancellationToken = default) =>
        await store.ReadAsync(
            async session =>
            {
                await Export.RunAsync(session.Sql, document, cancellationToken);
                return true;
            },
            cancellationToken
        );

    /// <summary>A transaction that others have begun and will end.</summary>
    sealed class OpenTransaction(InventorySession session) : IInventoryStore
    {
        /// <summary>
        /// Those of the last refusal: what was refused may have been half done, so that nothing of the transaction may stay.
        /// </summary>
        public ImmutableArray<Objection> Objections { get; private set; } = [];

        public ValueTask<T> ReadAsync<T>(
            Func<InventorySession, ValueTask<T>> work,
            CancellationToken cancellationToken
        ) => work(session);

        public async ValueTask<Outcome<T>> WriteAsync<T>(
            Func<InventorySession, ValueTask<Outcome<T>>> work,
            CancellationToken cancellationToken
        )
            where T : class
        {
            var outcome = await work(session);
            if (outcome.IsRefused)
            {
                Objections = outcome.Objections;
            }
            return outcome;
        }
    }
}
