using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Stackmeta.Inventory;

/// <summary>
/// Reads a document into a transaction. Entries go through the same rules as those that are created one by one; what the document
/// leaves to the inventory is settled at the end. A list with objections is read to its end, the next one is not: most of what
/// it would be objected to is that something before is missing.
/// </summary>
sealed class Import(InventorySession session, ImportOptions options, IProgress<ImportProgress>? progress)
{
    // How many entries pass between two reports of progress.
    const int ReportEvery = 1_000;

    readonly Objections _objections = new();
    readonly List<(string Path, long Line, Func<Objections, ValueTask> Work)> _deferred = [];
    long _taken;

    public async ValueTask<ImmutableArray<Objection>> RunAsync(Stream document, CancellationToken cancellationToken)
    {
        if (options.Replace)
        {
            await Emptying.RunAsync(session);
        }
        var reader = new DocumentReader(document);
        try
        {
            await ReadAsync(reader, cancellationToken);
        }
        catch (DocumentException e)
        {
            _objections.Add(e.Objection);
        }
        if (!_objections.Any)
        {
            await SettleAsync(cancellationToken);
        }
        progress?.Report(new(reader.BytesRead, _taken));
        return _objections.All;
    }

    async ValueTask ReadAsync(DocumentReader reader, CancellationToken cancellationToken)
    {
        var section = "";
        while (await reader.NextAsync(cancellationToken) is { } entry)
        {
            if (entry.Section != section && _objections.Any)
            {
                return;
            }
            section = entry.Section;
            await TakeAsync(entry);
            if (_objections.Count >= options.MaximumObjections)
            {
                return;
            }
            if (++_taken % ReportEvery == 0)
            {
                progress?.Report(new(reader.BytesRead, _taken));
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    ValueTask TakeAsync(DocumentEntry entry) =>
        entry.Section switch
        {
            DocumentSections.Networks => TakeAsync(entry, NetworkRules.Instance, InventoryJson.Default.NetworkEntry),
            DocumentSections.Subnets => TakeAsync(entry, SubnetRules.Instance, InventoryJson.Default.SubnetEntry),
            DocumentSections.Routers => TakeAsync(entry, RouterRules.Instance, InventoryJson.Default.RouterEntry),
            DocumentSections.Instances => TakeAsync(entry, InstanceRules.Instance, InventoryJson.Default.InstanceEntry),
            _ => TakeAsync(entry, PortRules.Instance, InventoryJson.Default.PortEntry),
        };

    async ValueTask TakeAsync<T>(DocumentEntry entry, EntryRules<T> rules, JsonTypeInfo<T> shape)
        where T : class
    {
        var objections = new Objections();
        DocumentShape.Check(entry.Json.Span, shape, objections);
        if (!objections.Any)
        {
            session.Defer = work => _deferred.Add(($"{entry.Section}[{entry.Index}]", entry.Line, work));
            await rules.AddAsync(session, JsonSerializer.Deserialize(entry.Json.Span, shape)!, objections);
            session.Defer = null;
        }
        foreach (var objection in objections.All)
        {
            var line = objection.Line ?? LineOfPath.Find(entry.Json.Span, objection.Path);
            Object(objection, $"{entry.Section}[{entry.Index}]", entry.Line + line);
        }
    }

    async ValueTask SettleAsync(CancellationToken cancellationToken)
    {
        foreach (var (path, line, work) in _deferred)
        {
            var objections = new Objections();
            await work(objections);
            foreach (var objection in objections.All)
            {
                Object(objection, path, line);
            }
            if (_objections.Count >= options.MaximumObjections)
            {
                return;
            }
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    void Object(Objection objection, string path, long line)
    {
        if (_objections.Count < options.MaximumObjections)
        {
            var inner = objection.Path.Length == 0 ? path : $"{path}.{objection.Path}";
            _objections.Add(objection with { Path = inner, Line = line });
        }
    }
}
