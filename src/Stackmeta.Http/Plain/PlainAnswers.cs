using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace Stackmeta.Http;

/// <summary>
/// Answers plain questions (<see cref="PlainHead"/>) without Kestrel, on the thread that received them: what Kestrel does for a connection and a request costs as much as
/// the answer and the kernel's part together (docs/performance/decisions.md). The application is the same, and the answer too, byte for byte.
/// </summary>
/// <param name="options">How much is taken in, and who looks on.</param>
/// <param name="answer">The application.</param>
/// <param name="time">The clock of the Date field.</param>
sealed class PlainAnswers(HttpServerOptions options, Func<HttpContext, Task> answer, TimeProvider time)
{
    /// <summary>More are under way only while something is waited for.</summary>
    const int MostSpares = 64;

    readonly DateField _date = new(time);
    readonly ConcurrentQueue<PlainExchange> _spares = new();

    /// <summary>How long a connection may be idle.</summary>
    public TimeSpan KeepAlive => options.KeepAlive;

    /// <summary>An exchange to read a question into; to be given back.</summary>
    public PlainExchange Rent() =>
        _spares.TryDequeue(out var spare)
            ? spare
            : new(
                new(options.MaxRequestLine - "GET  HTTP/1.1".Length, options.MaxHeaders),
                new(_date),
                options.MaxBody,
                options.Observer is { } observer ? new(observer, options.Hop, options.TakesRequestIds) : null
            );

    /// <summary>Has the application answer.</summary>
    public Task AnswerAsync(PlainExchange exchange)
    {
        try
        {
            return answer(exchange.Context);
        }
        catch (Exception e)
        {
            return Task.FromException(e);
        }
    }

    public void Return(PlainExchange exchange)
    {
        if (_spares.Count < MostSpares)
        {
            _spares.Enqueue(exchange);
        }
    }
}
