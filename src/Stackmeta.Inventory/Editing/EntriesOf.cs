using System.Runtime.CompilerServices;

namespace Stackmeta.Inventory;

/// <summary>The entries of one kind in a store, each request in a transaction of its own.</summary>
sealed class EntriesOf<T>(IInventoryStore store, EntryRules<T> rules) : IEntries<T>
    where T : class
{
    public ValueTask<Outcome<T>> CreateAsync(T entry, CancellationToken cancellationToken = default) =>
        store.WriteAsync<T>(
            async session =>
            {
                var objections = new Objections();
                entry = await rules.AddAsync(session, entry, objections);
                return objections.Any ? objections.All : entry;
            },
            cancellationToken
        );

    public ValueTask<Outcome<T>> FindAsync(string nameOrId, CancellationToken cancellationToken = default) =>
        store.ReadAsync<Outcome<T>>(
            async session =>
            {
                var objections = new Objections();
                var entry = await rules.FindAsync(session, nameOrId, "", objections);
                return entry is null ? objections.All : entry;
            },
            cancellationToken
        );

    public async IAsyncEnumerable<T> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // A page a transaction: a listing that is read slowly must not hold a connection meanwhile.
        for (var after = 0L; ; )
        {
            var page = await store.ReadAsync(session => rules.Table.PageAsync(session.Sql, after), cancellationToken);
            if (page.Count == 0)
            {
                yield break;
            }
            foreach (var row in page)
            {
                yield return row.Entry;
            }
            after = page[^1].Number;
        }
    }

    public ValueTask<Outcome<T>> ChangeAsync(
        string nameOrId,
        Func<T, T> change,
        CancellationToken cancellationToken = default
    ) =>
        store.WriteAsync<T>(
            async session =>
            {
                var objections = new Objections();
                if (await rules.FindAsync(session, nameOrId, "", objections) is not { } before)
                {
                    return objections.All;
                }
                var after = await rules.ChangeAsync(session, before, change(before), objections);
                return objections.Any ? objections.All : after;
            },
            cancellationToken
        );

    public ValueTask<Outcome<T>> DeleteAsync(string nameOrId, CancellationToken cancellationToken = default) =>
        store.WriteAsync<T>(
            async session =>
            {
                var objections = new Objections();
                if (await rules.FindAsync(session, nameOrId, "", objections) is not { } entry)
                {
                    return objections.All;
                }
                await rules.RemoveAsync(session, entry, objections);
                return objections.Any ? objections.All : entry;
            },
            cancellationToken
        );
}
