using Npgsql;

namespace Stackmeta.Inventory;

/// <summary>Asks a server what guests want to know: the nearest that may be asked, and the primary where that one is behind.</summary>
sealed class PostgresReaders(PostgresDatabase database, TimeProvider time)
{
    /// <summary>Asks, and believes only what is at least as new as what this process knows of.</summary>
    /// <param name="ask">Returns the server's revision beside the answer; may be called several times.</param>
    /// <exception cref="InventoryException"/>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask<TAnswer> AskAsync<TQuestion, TAnswer>(
        TQuestion question,
        Func<NpgsqlConnection, TQuestion, CancellationToken, ValueTask<(long Revision, TAnswer Answer)>> ask,
        CancellationToken cancellationToken
    )
    {
        using var timer = new CancellationTokenSource(database.Options.QuestionTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            var known = database.KnownRevision;
            var (revision, answer) = await AskOneAsync(database.Readers, question, ask, either.Token);
            // A replica that lags would tell what a change has made untrue. A primary is right, also when the last changes were
            // lost with another one.
            return revision >= known
                ? answer
                : (await AskOneAsync(database.Primary, question, ask, either.Token)).Answer;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InventoryException(
                InventoryTrouble.Unreachable,
                $"The inventory {database.Url} did not answer within {database.Options.QuestionTimeout.TotalSeconds} s.",
                e
            );
        }
        catch (Exception e) when (PostgresTrouble.IsTrouble(e))
        {
            // The driver wraps a cancellation that broke the connection.
            cancellationToken.ThrowIfCancellationRequested();
            throw PostgresTrouble.From(e, database.Url);
        }
    }

    async ValueTask<(long Revision, TAnswer Answer)> AskOneAsync<TQuestion, TAnswer>(
        NpgsqlDataSource servers,
        TQuestion question,
        Func<NpgsqlConnection, TQuestion, CancellationToken, ValueTask<(long Revision, TAnswer Answer)>> ask,
        CancellationToken cancellationToken
    )
    {
        for (var isSecond = false; ; isSecond = true)
        {
            try
            {
                await using var connection = await servers.OpenConnectionAsync(cancellationToken);
                return await ask(connection, question, cancellationToken);
            }
            catch (Exception e) when (!isSecond && PostgresTrouble.IsTrouble(e) && PostgresTrouble.IsDisconnection(e))
            {
                database.ForgetConnections();
            }
        }
    }
}
