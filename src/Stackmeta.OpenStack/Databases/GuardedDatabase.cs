using System.Data.Common;
using Microsoft.Extensions.Logging;
using Stackmeta.Core.Refusals;

namespace Stackmeta.OpenStack;

/// <summary>
/// A database behind which failures become refusals: work gets a connection and a deadline, is done once more on a new connection
/// when a pooled one turns out dead or leads to a server that does not write, and an outage is logged once.
/// </summary>
sealed class GuardedDatabase(string name, DatabaseSource source, TimeSpan deadline, ILogger log, TimeProvider time)
    : IAsyncDisposable
{
    readonly OutageLog _outage = new(name, log, time);

    /// <summary>For messages: what is read here, and from where.</summary>
    public string Name => name;

    public DatabaseSource Source => source;

    /// <summary>Does work that may be done twice.</summary>
    /// <returns>What the work returned, or <see cref="Refusal.InstanceSourceUnavailable"/> or
    /// <see cref="Refusal.InstanceSourceFailed"/>.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask<(T? Result, Refusal Refusal)> RunAsync<T>(
        Func<DbConnection, CancellationToken, ValueTask<T>> work,
        CancellationToken cancellationToken
    )
    {
        using var timer = new CancellationTokenSource(deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        for (var isSecond = false; ; isSecond = true)
        {
            try
            {
                await using var connection = await source.OpenAsync(either.Token);
                var result = await work(connection, either.Token);
                _outage.Succeeded();
                return (result, Refusal.None);
            }
            catch (Exception error) when (error is OperationCanceledException || error.IsDatabaseFault())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (timer.IsCancellationRequested)
                {
                    _outage.Failed($"no answer within {deadline.TotalSeconds} s");
                    return (default, Refusal.InstanceSourceUnavailable);
                }
                var fault = DatabaseFaults.Sort(error);
                if (fault is DatabaseFault.Disconnected or DatabaseFault.ReadOnly && !isSecond)
                {
                    // After a failover pooled connections may be dead, or lead to the server that is no primary any more.
                    await source.ClearAsync();
                    continue;
                }
                _outage.Failed(Describe(error));
                return (
                    default,
                    fault is DatabaseFault.Disconnected or DatabaseFault.Busy
                        ? Refusal.InstanceSourceUnavailable
                        : Refusal.InstanceSourceFailed
                );
            }
            catch (SchemaException error)
            {
                _outage.Failed(error.Message);
                return (default, Refusal.InstanceSourceFailed);
            }
        }
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();

    // The drivers' messages name host, user, table or column, never a password or a value.
    string Describe(Exception error) =>
        error.InnerException is { } inner
            ? $"{source.Url}: {error.Message} ({inner.Message})"
            : $"{source.Url}: {error.Message}";
}

/// <summary>A table has not the shape that is read here.</summary>
sealed class SchemaException : Exception
{
    public SchemaException() { }

    public SchemaException(string message)
        : base(message) { }

    public SchemaException(string message, Exception inner)
        : base(message, inner) { }
}
