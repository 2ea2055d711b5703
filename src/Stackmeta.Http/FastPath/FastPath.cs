using System.Collections.Concurrent;

namespace Stackmeta.Http;

/// <summary>
/// Answers simple requests (<see cref="FastHead"/>) without Kestrel, on the thread that received them: what Kestrel does for a connection
/// and a request costs as much as the response and the kernel's part together (docs/performance/decisions.md). The handler is the same, and
/// the response too, byte for byte.
/// </summary>
/// <param name="options">How much is taken in, and who looks on.</param>
/// <param name="handler">Makes the responses; throws nothing.</param>
sealed class FastPath(HttpServerOptions options, GuardedHandler handler)
{
    /// <summary>More are under way only while something is waited for.</summary>
    const int MostSpares = 64;

    readonly DateField _date = new(options.Time);
    readonly ConcurrentQueue<FastExchange> _spares = new();

    /// <summary>How long a connection may be idle.</summary>
    public TimeSpan KeepAlive => options.KeepAlive;

    /// <summary>An exchange to read a request into; to be given back.</summary>
    public FastExchange Rent() =>
        _spares.TryDequeue(out var spare)
            ? spare
            : new(
                options.MaxRequestLine - "GET  HTTP/1.1".Length,
                options.MaxHeaders,
                new(_date),
                options.Observer is { } observer ? new(observer, options.Hop, options.TakesRequestIds) : null
            );

    public ValueTask<Response> HandleAsync(Request request) => handler.HandleAsync(request);

    public void Return(FastExchange exchange)
    {
        if (_spares.Count < MostSpares)
        {
            _spares.Enqueue(exchange);
        }
    }
}
