using Microsoft.AspNetCore.Connections;

namespace Stackmeta.Http;

/// <summary>Counts a server's open connections.</summary>
sealed class ConnectionCount
{
    // By Interlocked.
    int _open;

    public int Open => Volatile.Read(ref _open);

    /// <summary>The link in Kestrel's chain that counts.</summary>
    public ConnectionDelegate Counting(ConnectionDelegate next) =>
        async connection =>
        {
            Interlocked.Increment(ref _open);
            try
            {
                await next(connection);
            }
            finally
            {
                Interlocked.Decrement(ref _open);
            }
        };
}
