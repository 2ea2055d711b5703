using System.Runtime.CompilerServices;

namespace Stackmeta.Core.Caching;

/// <summary>
/// The threads that receive requests also answer them, and serve every other socket of the process meanwhile. So they must not block; what
/// may, such as reading a file of SQLite, goes to the pool first.
/// </summary>
public static class PoolThread
{
    /// <summary>Awaited, goes on in the thread pool; costs nothing there.</summary>
    public static ConfiguredTaskAwaitable Enter() =>
        Task.CompletedTask.ConfigureAwait(
            Thread.CurrentThread.IsThreadPoolThread ? ConfigureAwaitOptions.None : ConfigureAwaitOptions.ForceYielding
        );
}
