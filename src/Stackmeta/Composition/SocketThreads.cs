namespace Stackmeta;

/// <summary>What the threads that wait for sockets do when one is ready.</summary>
static class SocketThreads
{
    /// <summary>System.Net.Sockets reads it once, before the first socket.</summary>
    const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// They go on themselves, instead of waking another thread: a third less time a request (docs/performance/decisions.md). To be called
    /// before anything else; who has set the variable otherwise is heeded.
    /// </summary>
    public static void GoOnThemselves()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
        {
            Environment.SetEnvironmentVariable(Variable, "1");
        }
    }
}
