using System.Collections.Concurrent;

namespace Stackmeta.Inventory;

/// <summary>
/// The connections for reading. As many are open as callers read at the same time; when they give them back, some are kept.
/// Safe for concurrent use.
/// </summary>
sealed class SqliteReaders(SqliteFile file, int kept) : IDisposable
{
    readonly ConcurrentStack<SqliteReader> _idle = new();

    // Written by Dispose; a reader that comes back later is closed.
    volatile bool _disposed;

    /// <summary>Lends a connection to a piece of work. One on which the work failed is not used again.</summary>
    /// <exception cref="InventoryException"/>
    public TResult Use<TArgument, TResult>(TArgument argument, Func<SqliteReader, TArgument, TResult> work)
    {
        var reader = Take();
        try
        {
            var result = work(reader, argument);
            GiveBack(reader);
            return result;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <exception cref="InventoryException"/>
    public SqliteReader Take()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _idle.TryPop(out var reader) ? reader : new SqliteReader(file);
    }

    public void GiveBack(SqliteReader reader)
    {
        if (_disposed || _idle.Count >= kept)
        {
            reader.Dispose();
            return;
        }
        _idle.Push(reader);
        if (_disposed)
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryPop(out var reader))
        {
            reader.Dispose();
        }
    }
}
