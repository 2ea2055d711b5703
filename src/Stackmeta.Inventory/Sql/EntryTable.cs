using System.Collections.Immutable;
using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Stackmeta.Inventory;

/// <summary>
/// The rows of one kind of entry. Every table has a <c>number</c>, which grows with each row and gives the order of creation,
/// and an <c>id</c> and a <c>name</c> by which entries are found. Rules are not kept here but in <see cref="EntryRules{T}"/>.
/// </summary>
/// <param name="fields">The fields that are stored in the table.</param>
/// <param name="query">Makes the statement that reads the entries whose row in the table meets a condition, by number; null for one without
/// joins.</param>
abstract class EntryTable<T>(FieldTable<T> fields, Func<string, string>? query = null)
    where T : class
{
    /// <summary>In what is read, the fields follow the row's number; what else a table reads follows them.</summary>
    protected const int FirstField = 1;

    // How many entries a page holds: few enough for entries with the largest user data to take some tens of megabytes.
    const int PageSize = 500;

    /// <summary>How many of those that share a name are looked up: all that a sentence names, and one more.</summary>
    const int MostNamed = NamedIds.Most + 1;

    readonly string _byId = Query(fields, query, "id = @p1");

    readonly string _byName = Query(fields, query, $"name = @p1 ORDER BY number LIMIT {MostNamed}");

    readonly string _page = Query(fields, query, $"number > @p1 ORDER BY number LIMIT {PageSize}");

    public async ValueTask<T?> FindByIdAsync(SqlCommands sql, string id)
    {
        var rows = await ReadAsync(sql, _byId, null, id);
        return rows.Count == 0 ? null : rows[0].Entry;
    }

    /// <summary>An entry's id, which is the first field of each table.</summary>
    public string IdOf(T entry) => (string)fields.Values(entry)[0]!;

    /// <returns>The first of those that have the name.</returns>
    public async ValueTask<ImmutableArray<T>> FindByNameAsync(SqlCommands sql, string name)
    {
        var rows = await ReadAsync(sql, _byName, null, name);
        return [.. rows.Select(row => row.Entry)];
    }

    /// <summary>The entries whose row in the table meets a condition with one parameter.</summary>
    /// <param name="faults">Gets the rows that cannot be understood.</param>
    public async ValueTask<List<T>> WhereAsync(
        SqlCommands sql,
        string condition,
        string value,
        ICollection<RecordFault> faults
    )
    {
        var rows = await ReadAsync(sql, Query(fields, query, condition), faults, value);
        return [.. rows.Where(static row => row.Entry is not null).Select(static row => row.Entry)];
    }

    /// <summary>The entries that follow a row, at most a page of them.</summary>
    public ValueTask<List<Row>> PageAsync(SqlCommands sql, long after) => ReadAsync(sql, _page, null, after);

    /// <summary>All entries, read in pages on one connection.</summary>
    public IAsyncEnumerable<T> AllAsync(SqlCommands sql, CancellationToken cancellationToken) =>
        AllAsync(sql, faults: null, cancellationToken);

    /// <summary>All entries, read in pages on one connection.</summary>
    /// <param name="faults">Gets the rows that cannot be understood; null has the first of them end the reading.</param>
    public async IAsyncEnumerable<T> AllAsync(
        SqlCommands sql,
        ICollection<RecordFault>? faults,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        for (var after = 0L; ; )
        {
            var page = await ReadAsync(sql, _page, faults, after);
            foreach (var row in page.Where(static row => row.Entry is not null))
            {
                yield return row.Entry;
            }
            if (page.Count < PageSize)
            {
                yield break;
            }
            after = page[^1].Number;
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public virtual async ValueTask InsertAsync(SqlCommands sql, T entry) =>
        await sql.ExecuteAsync(fields.Insert, fields.Values(entry));

    public virtual async ValueTask UpdateAsync(SqlCommands sql, T entry) =>
        await sql.ExecuteAsync(fields.Update, fields.Values(entry));

    public virtual async ValueTask DeleteAsync(SqlCommands sql, string id) =>
        await sql.ExecuteAsync($"DELETE FROM {fields.Name} WHERE id = @p1", id);

    /// <param name="faults">Gets the rows that cannot be understood, whose entry is null then; null has the first of them end the
    /// reading.</param>
    protected virtual async ValueTask<List<Row>> ReadAsync(
        SqlCommands sql,
        string statement,
        ICollection<RecordFault>? faults,
        params object?[] values
    )
    {
        FieldReader? reader = null;
        return await sql.ReadAsync(
            statement,
            row => TryRead(row, reader ??= new FieldReader(new DbRow(row)), faults),
            values
        );
    }

    /// <summary>What is read behind the fields.</summary>
    protected virtual T ReadFurther(T entry, FieldReader reader) => entry;

    /// <summary>Names a row that cannot be understood.</summary>
    protected virtual RecordFault Describe(DbDataReader row, string reason) =>
        new("record", TextOrNothing(row, "id") ?? "", reason);

    /// <summary>A field, if it is a text.</summary>
    protected string? TextOrNothing(DbDataReader row, string column) =>
        row.GetValue(FirstField + fields.IndexOf(column)) as string;

    /// <summary>Reads one row, or tells what is wrong with it.</summary>
    Row TryRead(DbDataReader row, FieldReader reader, ICollection<RecordFault>? faults)
    {
        var number = row.GetInt64(0);
        try
        {
            return new(number, ReadFurther(fields.Read(reader.At(FirstField)), reader));
        }
        catch (Exception e)
            when (faults is not null
                && e
                    is JsonException
                        or InvalidCastException
                        or InvalidOperationException
                        or ArgumentException
                        or FormatException
                        or OverflowException
            )
        {
            faults.Add(Describe(row, e.Message));
            return new(number, null!);
        }
    }

    static string Query(FieldTable<T> fields, Func<string, string>? query, string condition) =>
        query?.Invoke(condition) ?? $"SELECT t.number, {fields.SelectList("t")} FROM {fields.Name} t WHERE {condition}";

    /// <summary>An entry and the number of its row.</summary>
    internal readonly record struct Row(long Number, T Entry);
}
